-- Reasons and how many sightings each has, counted by hand in crm_identifier_rows.
with expected as (
    select 'null value' as reason, 2 as sightings
    union all select 'empty value' as reason, 2 as sightings
    union all select 'blocked value' as reason, 6 as sightings
    union all select 'unusable value' as reason, 2 as sightings
    union all select 'hub value' as reason, 5 as sightings
    union all select 'unknown entity type' as reason, 1 as sightings
),

found as (
    select reason, count(*) as sightings
    from {{ ref('nexus_identity_quarantine') }}
    group by reason
)

select expected.reason, expected.sightings, found.reason as found_reason, found.sightings as found_sightings
from expected
full outer join found on expected.reason = found.reason
where expected.sightings is distinct from found.sightings
