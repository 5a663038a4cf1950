-- One row an identifier that is good.
select
    sighted.entity_type,
    sighted.identifier_type,
    sighted.identifier_value,
    count(*) as sightings,
    min(sighted.occurred_at) as first_seen_at,
    max(sighted.occurred_at) as last_seen_at,
    max(sighted._ingested_at) as _ingested_at
from (
    {{ nexus.nexus_good_sightings() | indent(4) }}
) as sighted
group by sighted.entity_type, sighted.identifier_type, sighted.identifier_value
