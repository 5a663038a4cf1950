-- Dana: held since January (r01, r02), ended in May (r03), held again from July (r04); in September one source ends it and one
-- says that it holds (r05, r06): it holds. Erin's has an end only. Alice's second end says nothing new.
with found as (
    select
        people.holder as person,
        companies.holder as company,
        memberships.role,
        memberships.established_at,
        memberships.last_seen_at,
        memberships.ended_at,
        memberships.is_current
    from {{ ref('nexus_memberships') }} as memberships
    left join {{ ref('holders') }} as people on memberships.person_id = people.entity_id
    left join {{ ref('holders') }} as companies on memberships.group_id = companies.entity_id
)

{{ differences('found', ref('expected_memberships'), ['person', 'company', 'role', 'established_at', 'last_seen_at', 'ended_at', 'is_current']) }}
