{#- Returns the columns that a model of states has (`vars: nexus: states: <name>: model`): one row an interval
    [entered, exited) of a resolved entity. The same on every database. -#}
{% macro nexus_state_columns() -%}
  {{ return(['entity_id', 'entity_type', 'state_name', 'state_value', 'state_entered_at', 'state_exited_at', 'trigger_event_id', 'source', '_ingested_at']) }}
{%- endmacro %}


{#- Renders a source's priority, the smaller the stronger: `vars: nexus: sources: <name>: priority`, else 100.
    source: SQL expression. The same on every database. -#}
{% macro nexus_source_priority(source) -%}
  case {{ source }}
    {%- for name, options in nexus.nexus_config('sources').items() %} when {{ nexus.nexus_text_literal(name) }} then {{ options['priority'] }}{% endfor %}
    {%- if not nexus.nexus_config('sources') %} when '' then 100{% endif %} else 100 end
{%- endmacro %}


{#- Renders the intervals [entered, exited) that entries into states make, as the end of a `with`: CTEs and the select of
    nexus_state_columns, with `exit_ingested_at`, when what ended it reached the warehouse. entries: CTE with entity_id, entity_type, state_name, state_value, occurred_at, event_id, source,
    _ingested_at. Entries at one instant: the source with the smallest priority decides, then the smallest event
    id, then the smallest value. more: further columns, with the comma before them. Equal neighbours are one interval; an entry without a value ends the state and begins none. The same on every database. -#}
{% macro nexus_state_intervals(entries, more='') -%}
ordered as (
    select
        entity_id,
        entity_type,
        state_name,
        state_value,
        occurred_at,
        event_id,
        source,
        _ingested_at,
        row_number() over (
            partition by entity_id, state_name, occurred_at
            order by
                {{ nexus.nexus_source_priority('source') }} asc,
                {{ nexus.nexus_byte_order('event_id') }} asc nulls last,
                {{ nexus.nexus_byte_order('state_value') }} asc nulls last,
                {{ nexus.nexus_byte_order('source') }} asc nulls last,
                _ingested_at asc nulls last
        ) as precedence
    from {{ entries }}
    where occurred_at is not null
),

instants as (
    select
        entity_id,
        entity_type,
        state_name,
        state_value,
        occurred_at,
        event_id,
        source,
        _ingested_at,
        lag(state_value) over (partition by entity_id, state_name order by occurred_at) as previous_value
    from ordered
    where precedence = 1
),

changes as (
    select
        entity_id,
        entity_type,
        state_name,
        state_value,
        occurred_at as state_entered_at,
        lead(occurred_at) over (partition by entity_id, state_name order by occurred_at) as state_exited_at,
        event_id as trigger_event_id,
        source,
        _ingested_at,
        lead(_ingested_at) over (partition by entity_id, state_name order by occurred_at) as exit_ingested_at
    from instants
    where {{ nexus.nexus_is_distinct('state_value', 'previous_value') }}
)

select
    entity_id,
    entity_type,
    state_name,
    state_value,
    state_entered_at,
    state_exited_at,
    trigger_event_id,
    source,
    _ingested_at,
    exit_ingested_at{{ more }}
from changes
where state_value is not null
{%- endmacro %}


{#- Renders a model of a state that follows from events by their names, for `vars: nexus: states: <name>: model`.
    state_name: its name. values: event name → the state that it begins, none for an event that ends the state. entity_type: whose state
    it is. roles: only of the entities that took part in one of these roles (default: every participant). source: only events of this source.
    Ties, neighbours and ends as nexus_state_intervals. The same on every database. -#}
{% macro base_state(state_name, values, entity_type='group', roles=[], source=none) -%}
with entries as (
    select
        participants.entity_id,
        participants.entity_type,
        {{ nexus.nexus_text_literal(state_name) }} as state_name,
        case events.event_name
            {%- for event_name, value in values.items() %}
            when {{ nexus.nexus_text_literal(event_name) }} then {% if value is none %}cast(null as {{ dbt.type_string() }}){% else %}{{ nexus.nexus_text_literal(value) }}{% endif %}
            {%- endfor %}
        end as state_value,
        events.occurred_at,
        events.event_id,
        events.source,
        events._ingested_at
    from {{ ref('nexus_events') }} as events
    inner join {{ ref('nexus_entity_participants') }} as participants on events.event_id = participants.event_id
    where participants.entity_type = {{ nexus.nexus_text_literal(entity_type) }}
        and events.event_name in ({% for event_name in values %}{{ nexus.nexus_text_literal(event_name) }}{% if not loop.last %}, {% endif %}{% endfor %})
        {%- if roles %}
        and participants.role in ({% for role in roles %}{{ nexus.nexus_text_literal(role) }}{% if not loop.last %}, {% endif %}{% endfor %})
        {%- endif %}
        {%- if source is not none %}
        and events.source = {{ nexus.nexus_text_literal(source) }}
        {%- endif %}
),

{{ nexus.nexus_state_intervals('entries') }}
{%- endmacro %}


{#- Renders the timeline of the declared states: one row an entity and interval in which none changes. states:
    nexus_states. A change carries forward to the next change of the same state, an exit as null; the windows
    read the changes once, whatever their number. The same on every database. -#}
{% macro nexus_entity_states(states) -%}
{%- set names = nexus.nexus_config('states').keys() | list -%}
{%- if names | length == 0 -%}
{{ nexus.nexus_empty_rows({'entity_state_id': 'text', 'entity_id': 'text', 'entity_type': 'text', 'valid_from': 'timestamp', 'valid_to': 'timestamp', 'is_current': 'boolean', 'is_gap': 'boolean'}) }}
{%- else -%}
{%- set values = [] -%}
{%- for name in names -%}
  {%- do values.append('value_' ~ loop.index) -%}
{%- endfor -%}
with changes as (
    -- An exit at the instant of the next entry is no gap: max() prefers the value to null.
    select entity_id, entity_type, state_name, changed_at, max(state_value) as state_value
    from (
        select entity_id, entity_type, state_name, state_entered_at as changed_at, state_value
        from {{ states }}
        union all
        select entity_id, entity_type, state_name, state_exited_at as changed_at, cast(null as {{ dbt.type_string() }}) as state_value
        from {{ states }}
        where state_exited_at is not null
    ) as bounds
    where state_name in ({% for name in names %}{{ nexus.nexus_text_literal(name) }}{% if not loop.last %}, {% endif %}{% endfor %})
    {%- if nexus.nexus_adds() %}
        and entity_id in (
            {{ nexus.nexus_touched_timelines() | indent(12) }}
        )
    {%- endif %}
    group by entity_id, entity_type, state_name, changed_at
),

points as (
    select
        entity_id,
        entity_type,
        {%- for name in names %}
        max(case when state_name = {{ nexus.nexus_text_literal(name) }} then state_value end) as value_{{ loop.index }},
        max(case when state_name = {{ nexus.nexus_text_literal(name) }} then 1 else 0 end) as changed_{{ loop.index }},
        {%- endfor %}
        changed_at
    from changes
    group by entity_id, entity_type, changed_at
),

{{ nexus.nexus_carry_forward('points', ['entity_id', 'entity_type'], values) }},

compared as (
    select
        entity_id,
        entity_type,
        {%- for name in names %}
        value_{{ loop.index }},
        lag(value_{{ loop.index }}) over (partition by entity_id, entity_type order by changed_at) as previous_{{ loop.index }},
        {%- endfor %}
        changed_at
    from filled
),

kept as (
    select
        entity_id,
        entity_type,
        {%- for name in names %}
        value_{{ loop.index }},
        {%- endfor %}
        changed_at as valid_from,
        lead(changed_at) over (partition by entity_id, entity_type order by changed_at) as valid_to
    from compared
    where {% for name in names %}{{ nexus.nexus_is_distinct('value_' ~ loop.index, 'previous_' ~ loop.index) }}{% if not loop.last %}
        or {% endif %}{% endfor %}
)

select
    {{ nexus.create_nexus_id('entity_state', ['entity_id', nexus.nexus_timestamp_text('valid_from')]) }} as entity_state_id,
    entity_id,
    entity_type,
    {%- for name in names %}
    value_{{ loop.index }} as {{ name }},
    {%- endfor %}
    valid_from,
    valid_to,
    valid_to is null as is_current,
    {% for name in names %}value_{{ loop.index }} is null{% if not loop.last %} and {% endif %}{% endfor %} as is_gap
    {{- nexus.nexus_batch_column('(select coalesce(max(_batch), 0) from ' ~ states ~ ')') }}
from kept
{%- endif -%}
{%- endmacro %}
