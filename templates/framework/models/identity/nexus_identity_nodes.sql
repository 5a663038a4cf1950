-- One row an identifier. Nodes are numbered in the byte order of (type, value), so that the smallest node of a
-- component is its smallest identifier.
with identifiers as (
    select
        entity_type,
        identifier_type,
        identifier_value,
        count(*) as sightings,
        min(occurred_at) as first_seen_at,
        max(occurred_at) as last_seen_at,
        max(_ingested_at) as _ingested_at
    from {{ ref('nexus_entity_identifiers') }}
    where quarantine_reason is null
    group by entity_type, identifier_type, identifier_value
)

select
    row_number() over (
        order by
            {{ nexus.nexus_byte_order('entity_type') }},
            {{ nexus.nexus_byte_order('identifier_type') }},
            {{ nexus.nexus_byte_order('identifier_value') }}
    ) as node,
    entity_type,
    identifier_type,
    identifier_value,
    sightings,
    first_seen_at,
    last_seen_at,
    _ingested_at
from identifiers
