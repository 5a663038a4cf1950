-- One row an event in the history of a company: it took part itself, or a person did who belonged to it then. Our own domains are no
-- company.
{{ config(enabled=nexus.nexus_view_enabled('sales_timeline')) }}

with ours as (
    select distinct group_id
    from {{ ref('nexus_resolved_group_identifiers') }}
    where identifier_type = 'domain'
        and {{ nexus.nexus_is_internal_domain('identifier_value') }}
),

names as (
    {{ nexus.nexus_entity_names() | indent(4) }}
),

touched as (
    select
        participants.event_id,
        participants.entity_id as group_id,
        cast(null as {{ dbt.type_string() }}) as person_id
    from {{ ref('nexus_entity_participants') }} as participants
    where participants.entity_type = 'group'

    {{ nexus.nexus_union_distinct() }}

    select
        participants.event_id,
        memberships.group_id,
        participants.entity_id as person_id
    from {{ ref('nexus_entity_participants') }} as participants
    inner join {{ ref('nexus_memberships') }} as memberships on participants.entity_id = memberships.person_id
    where participants.entity_type = 'person'
        and memberships.established_at <= participants.occurred_at
        and (memberships.ended_at is null or memberships.ended_at > participants.occurred_at)
),

occasions as (
    select
        touched.group_id,
        touched.event_id,
        count(touched.person_id) as people,
        {{ dbt.listagg('names.entity_name', "', '", 'order by names.entity_name') }} as people_names
    from touched
    left join names on touched.person_id = names.entity_id
    group by touched.group_id, touched.event_id
),

amounts as (
    select event_id, max(value) as amount, max(value_unit) as currency
    from {{ ref('nexus_event_measurements') }}
    where measurement_name = 'amount'
    group by event_id
)

select
    {{ nexus.create_nexus_id('timeline', ['occasions.group_id', 'occasions.event_id']) }} as sales_timeline_id,
    occasions.group_id,
    companies.entity_name as group_name,
    events.event_id,
    events.occurred_at,
    events.event_name,
    events.event_type,
    events.event_description,
    events.significance,
    events.source,
    occasions.people,
    occasions.people_names,
    amounts.amount,
    amounts.currency,
    row_number() over (
        partition by occasions.group_id
        order by events.occurred_at asc nulls last, {{ nexus.nexus_byte_order('events.event_id') }} asc
    ) as event_number,
    events._ingested_at
from occasions
inner join {{ ref('nexus_events') }} as events on occasions.event_id = events.event_id
left join names as companies on occasions.group_id = companies.entity_id
left join amounts on occasions.event_id = amounts.event_id
where occasions.group_id not in (select group_id from ours)
