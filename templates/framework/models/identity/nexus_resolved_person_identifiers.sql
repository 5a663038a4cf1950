-- One row an identifier of a person and the person it belongs to.
select
    {{ nexus.create_nexus_id('person_identifier', ['identifier_type', 'identifier_value']) }} as person_identifier_id,
    entity_id as person_id,
    identifier_type,
    identifier_value,
    sightings,
    first_seen_at,
    last_seen_at,
    _ingested_at
from {{ ref('nexus_resolved_identifiers') }}
where entity_type = 'person'
