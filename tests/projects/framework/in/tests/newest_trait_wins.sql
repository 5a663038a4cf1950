-- Dana: the newest dated value. Carla: of two at one time the later ingested, found through her phone; an empty value
-- states nothing. Erin: of equals the greatest row id. A score that is no number is null.
with expected as (
    select 'user_id' as identifier_type, '42' as identifier_value, 'Dana New' as name, 12.5 as score, true as vip
    union all
    select 'user_id' as identifier_type, 'carla' as identifier_value, 'Carla late' as name, null as score, null as vip
    union all
    select 'crm_id' as identifier_type, '42' as identifier_value, 'Erin C' as name, null as score, null as vip
)

select expected.name, expected.score, expected.vip, persons.name as found_name, persons.score as found_score, persons.vip as found_vip
from expected
inner join {{ ref('nexus_resolved_person_identifiers') }} as resolved
    on expected.identifier_type = resolved.identifier_type
    and expected.identifier_value = resolved.identifier_value
left join {{ ref('nexus_persons') }} as persons on resolved.person_id = persons.person_id
where persons.name is distinct from expected.name
    or persons.score is distinct from expected.score
    or persons.vip is distinct from expected.vip
    or persons.email is not null

union all

select name, null, null, name, null, null
from {{ ref('nexus_groups') }}
where domain is not null or name <> 'Acme, "the" company''s'

union all

-- A trait that no column shows is kept in the long table.
select 'shoe size' as name, null, null, null, null, null
where not exists (select 1 from {{ ref('nexus_resolved_entity_traits') }} where trait_name = 'shoe size' and trait_value = '44')
