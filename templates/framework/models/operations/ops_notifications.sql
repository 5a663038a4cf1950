-- One row a change of a state that became known after the watermark: the variable `nexus_notifications_since`, text of a UTC time (`--vars
-- '{nexus_notifications_since: "2024-06-30 00:00:00"}'`); without it all changes. The next watermark is the greatest `known_at`. The end of a
-- state without a successor is a change to null.
{{ config(enabled=nexus.nexus_view_enabled('ops_notifications')) }}
{%- set since = var('nexus_notifications_since', none) %}
with ordered as (
    select
        state_id,
        entity_id,
        entity_type,
        state_name,
        state_value,
        state_entered_at,
        state_exited_at,
        trigger_event_id,
        source,
        _ingested_at,
        lag(state_value) over (partition by entity_id, state_name order by state_entered_at) as previous_value,
        lag(state_exited_at) over (partition by entity_id, state_name order by state_entered_at) as previous_exited_at,
        lead(state_entered_at) over (partition by entity_id, state_name order by state_entered_at) as next_entered_at
    from {{ ref('nexus_states') }}
),

-- When it was known that states of the sources end; what follows from such a state ends with it.
exits as (
    select entity_id, state_exited_at, max(exit_ingested_at) as exit_ingested_at
    from {{ ref('nexus_base_states') }}
    where state_exited_at is not null
    group by entity_id, state_exited_at
),

changes as (
    select
        state_id,
        'entered' as change,
        entity_id,
        entity_type,
        state_name,
        -- After a time without the state there is nothing before it.
        case when previous_exited_at = state_entered_at then previous_value end as previous_value,
        state_value,
        state_entered_at as changed_at,
        trigger_event_id,
        source,
        _ingested_at as known_at
    from ordered

    union all

    select
        ordered.state_id,
        'ended' as change,
        ordered.entity_id,
        ordered.entity_type,
        ordered.state_name,
        ordered.state_value as previous_value,
        cast(null as {{ dbt.type_string() }}) as state_value,
        ordered.state_exited_at as changed_at,
        cast(null as {{ dbt.type_string() }}) as trigger_event_id,
        ordered.source,
        case
            when coalesce(stated.exit_ingested_at, exits.exit_ingested_at) > ordered._ingested_at then coalesce(stated.exit_ingested_at, exits.exit_ingested_at)
            -- An end that no entry says, a time that ran out, is known when it comes.
            when exits.exit_ingested_at is null and ordered.state_exited_at > ordered._ingested_at then ordered.state_exited_at
            else ordered._ingested_at
        end as known_at
    from ordered
    left join {{ ref('nexus_base_states') }} as stated
        on ordered.entity_id = stated.entity_id
        and ordered.state_name = stated.state_name
        and ordered.state_entered_at = stated.state_entered_at
    left join exits on ordered.entity_id = exits.entity_id and ordered.state_exited_at = exits.state_exited_at
    where ordered.state_exited_at is not null
        and (ordered.next_entered_at is null or ordered.next_entered_at > ordered.state_exited_at)
),

names as (
    {{ nexus.nexus_entity_names() | indent(4) }}
)

select
    {{ nexus.create_nexus_id('notification', ['changes.state_id', 'changes.change']) }} as notification_id,
    changes.entity_id,
    changes.entity_type,
    names.entity_name,
    changes.state_name,
    changes.previous_value,
    changes.state_value,
    changes.changed_at,
    changes.known_at,
    changes.trigger_event_id,
    events.event_name as trigger_event_name,
    events.event_description as trigger_event_description,
    changes.source
from changes
left join names on changes.entity_id = names.entity_id
left join {{ ref('nexus_events') }} as events on changes.trigger_event_id = events.event_id
{%- if since is not none %}
where changes.known_at > cast({{ nexus.nexus_text_literal(since) }} as {{ nexus.nexus_type('timestamp') }})
{%- endif %}
