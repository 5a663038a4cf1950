-- Who belongs to which company, whatever the role.
with people as (
    select distinct resolved.person_id, truth.person_key
    from {{ ref('nexus_resolved_person_identifiers') }} as resolved
    inner join {{ ref('identities') }} as truth
        on resolved.identifier_type = truth.identifier_type
        and resolved.identifier_value = truth.identifier_value
),

companies as (
    select distinct resolved.group_id, truth.group_key
    from {{ ref('nexus_resolved_group_identifiers') }} as resolved
    inner join {{ ref('groups') }} as truth
        on resolved.identifier_type = truth.identifier_type
        and resolved.identifier_value = truth.identifier_value
),

found as (
    select distinct people.person_key, companies.group_key
    from {{ ref('nexus_memberships') }} as memberships
    left join people on memberships.person_id = people.person_id
    left join companies on memberships.group_id = companies.group_id
),

expected as (
    select distinct person_key, group_key
    from {{ ref('memberships') }}
)

select found.person_key as found_person, found.group_key as found_group, expected.person_key, expected.group_key
from found
full outer join expected
    on found.person_key = expected.person_key
    and found.group_key = expected.group_key
where found.person_key is null or expected.person_key is null
