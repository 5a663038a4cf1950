{{ config(enabled=nexus.nexus_source_shipped('segment')) }}

-- Who is grouped into an account is its member.
select
    persons.event_id,
    persons.occurred_at,
    coalesce(persons.user_id, persons.anonymous_id) as entity_a_identifier,
    case when persons.user_id is not null then 'segment_user_id' else 'segment_anonymous_id' end as entity_a_identifier_type,
    'person' as entity_a_type,
    'member' as entity_a_role,
    accounts.group_id as entity_b_identifier,
    'segment_group_id' as entity_b_identifier_type,
    'group' as entity_b_type,
    'organization' as entity_b_role,
    'membership' as relationship_type,
    'a_to_b' as relationship_direction,
    true as is_active,
    'segment' as source,
    persons._ingested_at
from {{ ref('segment_person_occurrences') }} as persons
inner join {{ ref('segment_group_events') }} as events on persons.event_id = events.event_id
inner join {{ ref('segment_accounts') }} as accounts on events.message_id = accounts.message_id
where persons.shared_email is null
