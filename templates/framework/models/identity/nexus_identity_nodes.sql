-- One row an identifier. Nodes are numbered in the byte order of (type, value), so that the smallest node of a
-- component is its smallest identifier.
with identifiers as (
    select
        sightings.entity_type,
        sightings.identifier_type,
        sightings.identifier_value,
        count(*) as sightings,
        min(sightings.occurred_at) as first_seen_at,
        max(sightings.occurred_at) as last_seen_at,
        max(sightings._ingested_at) as _ingested_at
    from {{ ref('nexus_entity_identifiers') }} as sightings
    left join {{ ref('nexus_identity_hubs') }} as hubs
        on sightings.entity_type = hubs.entity_type
        and sightings.identifier_type = hubs.identifier_type
        and sightings.identifier_value = hubs.identifier_value
    where sightings.quarantine_reason is null
        and hubs.identifier_value is null
    group by sightings.entity_type, sightings.identifier_type, sightings.identifier_value
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
