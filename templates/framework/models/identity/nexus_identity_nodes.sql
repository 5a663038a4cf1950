-- One row an identifier that is good.
select
    sightings.entity_type,
    sightings.identifier_type,
    sightings.identifier_value,
    count(*) as sightings,
    min(sightings.occurred_at) as first_seen_at,
    max(sightings.occurred_at) as last_seen_at,
    max(sightings._ingested_at) as _ingested_at
from (
    {{ nexus.nexus_good_sightings() | indent(4) }}
) as sightings
group by sightings.entity_type, sightings.identifier_type, sightings.identifier_value
