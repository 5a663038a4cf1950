-- One row an identifier of a group and the group it belongs to.
select
    {{ nexus.create_nexus_id('group_identifier', ['identifier_type', 'identifier_value']) }} as group_identifier_id,
    entity_id as group_id,
    identifier_type,
    identifier_value,
    sightings,
    first_seen_at,
    last_seen_at,
    _ingested_at
from {{ ref('nexus_resolved_identifiers') }}
where entity_type = 'group'
