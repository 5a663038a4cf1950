-- Nora's address is listed, Otto's domain is; letter case does not count. Nobody else is.
with expected as (
    select 'nora' as holder, true as is_internal_user, 'Operator' as title
    union all select 'otto' as holder, true as is_internal_user, null as title
),

found as (
    select holders.holder, persons.is_internal_user, persons.title
    from {{ ref('nexus_persons') }} as persons
    left join {{ ref('holders') }} as holders on persons.person_id = holders.entity_id
    where persons.is_internal_user is not null or persons.title is not null
)

{{ differences('found', 'expected', ['holder', 'is_internal_user', 'title']) }}
