-- The kiosk stands beside Ivy, Jack and Kate in three occurrences, the crowd device beside three others in one; two are
-- allowed. The tablet has two partners, one of them twice. The kiosk's owner is a group and is not counted with them.
with expected as (
    select 'kiosk' as identifier_value, 3 as partners
    union all select 'crowd' as identifier_value, 3 as partners
),

found as (
    select identifier_value, partners
    from {{ ref('nexus_identity_hubs') }}
    where entity_type = 'person' and identifier_type = 'device_id' and max_entities_per_value = 2
)

select expected.identifier_value, expected.partners, found.identifier_value as found_value, found.partners as found_partners
from expected
full outer join found on expected.identifier_value = found.identifier_value
where expected.partners is distinct from found.partners

union all

select 'rows' as identifier_value, 2 as partners, null as found_value, count(*) as found_partners
from {{ ref('nexus_identity_hubs') }}
having count(*) <> 2
