-- One row a sighting of an identifier that joins nothing, with the reason.
select
    {{ nexus.create_nexus_id('quarantine', ['entity_identifier_id']) }} as quarantine_id,
    entity_identifier_id,
    event_id,
    edge_id,
    entity_type,
    identifier_type,
    raw_value,
    quarantine_reason as reason,
    role,
    source,
    occurred_at,
    _ingested_at
from {{ ref('nexus_entity_identifiers') }}
where quarantine_reason is not null
