{#- Renders a model of a state that follows from other states, for `vars: nexus: states: <name>: model`. state_name: its
    name. component_states: list of {name, state_name, status, model}: `status` is a SQL expression over `state_value` (default: the
    value itself), `model` a model of states (default: nexus_base_states; never nexus_states, which reads this
    model). combination_logic: SQL expression over `current_<component>_status`, null where the component is in no
    state; where it gives null there is no derived state. Entries and exits of all components count, simultaneous ones
    once, equal neighbours are one. trigger_event_id is the entry that decided, of several at one instant the one with the smallest event id, and source is
    its source; null and `nexus` where an exit did. The same on every database. -#}
{% macro derived_state(state_name, component_states, combination_logic, entity_type='group') -%}
{%- set values = [] -%}
{%- for component in component_states -%}
  {%- do values.append('current_' ~ component['name'] ~ '_status') -%}
  {%- do nexus.nexus_check_name('derived_state: ' ~ state_name ~ ': component_states', component['name']) -%}
{%- endfor -%}
with bounds as (
    {%- for component in component_states %}
    {%- set model = component.get('model', 'nexus_base_states') %}
    {%- set component_state = nexus.nexus_text_literal(component.get('state_name', component['name'])) %}
    select
        entity_id,
        {{ nexus.nexus_text_literal(component['name']) }} as component,
        state_entered_at as changed_at,
        cast({{ component.get('status', 'state_value') }} as {{ dbt.type_string() }}) as status,
        trigger_event_id,
        source,
        _ingested_at
    from {{ ref(model) }}
    where entity_type = '{{ entity_type }}' and state_name = {{ component_state }}

    union all

    select
        entity_id,
        {{ nexus.nexus_text_literal(component['name']) }} as component,
        state_exited_at as changed_at,
        cast(null as {{ dbt.type_string() }}) as status,
        cast(null as {{ dbt.type_string() }}) as trigger_event_id,
        cast(null as {{ dbt.type_string() }}) as source,
        {% if model == 'nexus_base_states' %}case when exit_ingested_at > _ingested_at then exit_ingested_at else _ingested_at end as {% endif %}_ingested_at
    from {{ ref(model) }}
    where entity_type = '{{ entity_type }}' and state_name = {{ component_state }} and state_exited_at is not null
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
),

ranked as (
    select
        entity_id,
        component,
        changed_at,
        status,
        trigger_event_id,
        source,
        _ingested_at,
        row_number() over (
            partition by entity_id, changed_at
            order by {{ nexus.nexus_byte_order('trigger_event_id') }} asc nulls last, {{ nexus.nexus_byte_order('source') }} asc nulls last
        ) as precedence
    from bounds
),

points as (
    select
        entity_id,
        {%- for component in component_states %}
        max(case when component = {{ nexus.nexus_text_literal(component['name']) }} then status end) as value_{{ loop.index }},
        max(case when component = {{ nexus.nexus_text_literal(component['name']) }} then 1 else 0 end) as changed_{{ loop.index }},
        {%- endfor %}
        changed_at,
        max(case when precedence = 1 then trigger_event_id end) as trigger_event_id,
        max(case when precedence = 1 then source end) as source,
        max(_ingested_at) as _ingested_at
    from ranked
    group by entity_id, changed_at
),

{{ nexus.nexus_carry_forward('points', ['entity_id'], values, ['trigger_event_id', 'source', '_ingested_at']) }},

combined as (
    select
        entity_id,
        changed_at,
        trigger_event_id,
        source,
        _ingested_at,
        cast({{ combination_logic }} as {{ dbt.type_string() }}) as state_value
    from filled
),

compared as (
    select
        entity_id,
        changed_at,
        trigger_event_id,
        source,
        _ingested_at,
        state_value,
        lag(state_value) over (partition by entity_id order by changed_at) as previous_value
    from combined
),

changes as (
    select
        entity_id,
        state_value,
        changed_at as state_entered_at,
        lead(changed_at) over (partition by entity_id order by changed_at) as state_exited_at,
        trigger_event_id,
        source,
        _ingested_at
    from compared
    where {{ nexus.nexus_is_distinct('state_value', 'previous_value') }}
)

select
    entity_id,
    '{{ entity_type }}' as entity_type,
    {{ nexus.nexus_text_literal(state_name) }} as state_name,
    state_value,
    state_entered_at,
    state_exited_at,
    trigger_event_id,
    coalesce(source, 'nexus') as source,
    _ingested_at
from changes
where state_value is not null
{%- endmacro %}
