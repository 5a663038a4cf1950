{#- Renders the states at one moment: one row an entity that had entered any state by then, with the columns of nexus_entity_states.
    at: SQL expression of a timestamp in UTC, `"timestamp '2024-06-30 00:00:00'"`. The same on every database. -#}
{% macro nexus_states_at(at) -%}
select
    entity_id,
    entity_type,
    {%- for name in nexus.nexus_config('states') %}
    {{ name }},
    {%- endfor %}
    valid_from,
    valid_to
from {{ ref('nexus_entity_states') }}
where valid_from <= {{ at }}
    and (valid_to is null or valid_to > {{ at }})
{%- endmacro %}


{#- Renders a row for each day of a span, both ends included, as the date `date_day`; at most 100,000 days. start_date, end_date: text,
    `'2024-01-01'`. Nothing is asked of the database while compiling. By database: through dbt's date arithmetic. -#}
{% macro nexus_date_spine(start_date, end_date) -%}
with digits as (
    {%- for digit in range(10) %}
    select {{ digit }} as digit{% if not loop.last %} union all{% endif %}
    {%- endfor %}
),

numbers as (
    select ones.digit + 10 * tens.digit + 100 * hundreds.digit + 1000 * thousands.digit + 10000 * myriads.digit as number
    from digits as ones
    cross join digits as tens
    cross join digits as hundreds
    cross join digits as thousands
    cross join digits as myriads
),

days as (
    select cast({{ dbt.dateadd('day', 'number', "cast('" ~ start_date ~ "' as date)") }} as date) as date_day
    from numbers
)

select date_day
from days
where date_day <= cast('{{ end_date }}' as date)
{%- endmacro %}


{#- Renders the states day by day: one row an entity and day, as they were at the end of that day (UTC), from the day of its first state on.
    start_date, end_date: as nexus_date_spine. By database: as nexus_date_spine. -#}
{% macro nexus_daily_states(start_date, end_date) -%}
with spine as (
    {{ nexus.nexus_date_spine(start_date, end_date) }}
),

moments as (
    select
        date_day,
        cast({{ dbt.dateadd('day', 1, 'date_day') }} as {{ nexus.nexus_type('timestamp') }}) as day_end
    from spine
)

select
    {{ nexus.create_nexus_id('entity_day', ['states.entity_id', 'moments.date_day']) }} as entity_day_id,
    moments.date_day,
    states.entity_id,
    states.entity_type
    {%- for name in nexus.nexus_config('states') %},
    states.{{ name }}
    {%- endfor %}
from moments
inner join {{ ref('nexus_entity_states') }} as states
    on states.valid_from < moments.day_end
    and (states.valid_to is null or states.valid_to >= moments.day_end)
{%- endmacro %}


{#- Renders a model of a state of recency, for `vars: nexus: states: <name>: model`: `active` from an event on, `dormant` from `days` days after
    the last one on. Nothing is dormant before the newest row of the event log reached the warehouse, so that a rebuild gives the same rows. state_name:
    its name. event_names: only these events (default: all). roles: only of entities that took part in one of these roles (default: every participant).
    By database: through dbt's date arithmetic. -#}
{% macro engagement_state(state_name='engagement', entity_type='person', days=30, event_names=[], roles=[]) -%}
with happenings as (
    select
        participants.entity_id,
        events.occurred_at,
        min({{ nexus.nexus_byte_order('events.event_id') }}) as event_id,
        min(events._ingested_at) as _ingested_at
    from {{ ref('nexus_events') }} as events
    inner join {{ ref('nexus_entity_participants') }} as participants on events.event_id = participants.event_id
    where participants.entity_type = {{ nexus.nexus_text_literal(entity_type) }}
        and events.occurred_at is not null
        {%- if event_names %}
        and events.event_name in ({% for name in event_names %}{{ nexus.nexus_text_literal(name) }}{% if not loop.last %}, {% endif %}{% endfor %})
        {%- endif %}
        {%- if roles %}
        and participants.role in ({% for role in roles %}{{ nexus.nexus_text_literal(role) }}{% if not loop.last %}, {% endif %}{% endfor %})
        {%- endif %}
    group by participants.entity_id, events.occurred_at
),

neighbours as (
    select
        entity_id,
        event_id,
        _ingested_at,
        occurred_at,
        cast({{ dbt.dateadd('day', days, 'occurred_at') }} as {{ nexus.nexus_type('timestamp') }}) as silent_at,
        lag(occurred_at) over (partition by entity_id order by occurred_at) as previous_at,
        lead(occurred_at) over (partition by entity_id order by occurred_at) as next_at
    from happenings
),

known as (
    select max(_ingested_at) as known_until from {{ ref('nexus_events') }}
),

marked as (
    select
        neighbours.entity_id,
        neighbours.event_id,
        neighbours._ingested_at,
        neighbours.occurred_at,
        neighbours.silent_at,
        neighbours.next_at,
        neighbours.previous_at is null or (
            cast({{ dbt.dateadd('day', days, 'neighbours.previous_at') }} as {{ nexus.nexus_type('timestamp') }}) < neighbours.occurred_at
            and cast({{ dbt.dateadd('day', days, 'neighbours.previous_at') }} as {{ nexus.nexus_type('timestamp') }}) <= known.known_until
        ) as is_first,
        neighbours.silent_at <= known.known_until
            and (neighbours.next_at is null or neighbours.next_at > neighbours.silent_at) as is_last
    from neighbours
    cross join known
),

-- Of a run of events that follow one another in time only the first and the last matter.
ends as (
    select
        entity_id,
        event_id,
        _ingested_at,
        occurred_at,
        silent_at,
        next_at,
        is_first,
        is_last,
        lead(silent_at) over (partition by entity_id order by occurred_at) as later_silent_at
    from marked
    where is_first or is_last
)

select
    entity_id,
    {{ nexus.nexus_text_literal(entity_type) }} as entity_type,
    {{ nexus.nexus_text_literal(state_name) }} as state_name,
    'active' as state_value,
    occurred_at as state_entered_at,
    case when is_last then silent_at else later_silent_at end as state_exited_at,
    event_id as trigger_event_id,
    'nexus' as source,
    _ingested_at
from ends
where is_first

union all

select
    entity_id,
    {{ nexus.nexus_text_literal(entity_type) }} as entity_type,
    {{ nexus.nexus_text_literal(state_name) }} as state_name,
    'dormant' as state_value,
    silent_at as state_entered_at,
    next_at as state_exited_at,
    cast(null as {{ dbt.type_string() }}) as trigger_event_id,
    'nexus' as source,
    silent_at as _ingested_at
from ends
where is_last
{%- endmacro %}
