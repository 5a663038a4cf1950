-- One row an identifier that is good.
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
