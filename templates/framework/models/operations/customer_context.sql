-- One row a person, for whoever talks to them: who they are, the company they belong to, where both stand, and what happened last.
{{ config(enabled=nexus.nexus_view_enabled('customer_context')) }}
{%- set columns = nexus.nexus_context_columns() %}
with memberships as (
    select
        person_id,
        group_id,
        role,
        is_current,
        count(*) over (partition by person_id) as memberships,
        row_number() over (
            partition by person_id
            order by
                case when is_current then 0 else 1 end,
                -- Whoever pays for a company, or buys from it, need not be of it.
                case when role in ('owner', 'member', 'employee') then 0 else 1 end,
                last_seen_at desc nulls last,
                {{ nexus.nexus_byte_order('group_id') }} asc,
                {{ nexus.nexus_byte_order('membership_id') }} asc
        ) as precedence
    from {{ ref('nexus_memberships') }}
),

names as (
    {{ nexus.nexus_entity_names() | indent(4) }}
),

happenings as (
    select
        participants.entity_id,
        events.event_id,
        events.occurred_at,
        events.event_name,
        events.event_description,
        count(*) over (partition by participants.entity_id) as events,
        min(events.occurred_at) over (partition by participants.entity_id) as first_event_at,
        row_number() over (
            partition by participants.entity_id
            order by events.occurred_at desc nulls last, {{ nexus.nexus_byte_order('events.event_id') }} asc
        ) as recency
    from (
        select distinct event_id, entity_id
        from {{ ref('nexus_entity_participants') }}
        where entity_type = 'person'
    ) as participants
    inner join {{ ref('nexus_events') }} as events on participants.event_id = events.event_id
),

standing as (
    select
        entity_id
        {%- for name in columns['states'] + columns['group_states'] %},
        {{ name }}
        {%- endfor %}
    from {{ ref('nexus_entity_states') }}
    where is_current
)

select
    persons.person_id,
    names.entity_name as person_name,
    {%- for name in columns['traits'] %}
    persons.{{ name }},
    {%- endfor %}
    memberships.group_id,
    group_names.entity_name as group_name,
    memberships.role as group_role,
    memberships.is_current as is_group_current,
    coalesce(memberships.memberships, 0) as memberships,
    {%- for name in columns['states'] %}
    person_standing.{{ name }},
    {%- endfor %}
    {%- for name in columns['group_states'] %}
    group_standing.{{ name }} as group_{{ name }},
    {%- endfor %}
    coalesce(happenings.events, 0) as events,
    happenings.first_event_at,
    happenings.occurred_at as last_event_at,
    happenings.event_name as last_event_name,
    happenings.event_description as last_event_description,
    persons.identifiers,
    persons._ingested_at
from {{ ref('nexus_persons') }} as persons
left join names on persons.person_id = names.entity_id
left join memberships on persons.person_id = memberships.person_id and memberships.precedence = 1
left join names as group_names on memberships.group_id = group_names.entity_id
left join standing as person_standing on persons.person_id = person_standing.entity_id
left join standing as group_standing on memberships.group_id = group_standing.entity_id
left join happenings on persons.person_id = happenings.entity_id and happenings.recency = 1
