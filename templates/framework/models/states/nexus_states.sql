-- One row an interval [entered, exited) in which a state of an entity has one value: the states of the sources and
-- those of the models that `vars: nexus: states` names.
{%- set columns = nexus.nexus_state_columns() %}
with states as (
    select
        {%- for column in columns %}
        {{ column }}{% if not loop.last %},{% endif %}
        {%- endfor %}
    from {{ ref('nexus_base_states') }}
    {%- for name, options in nexus.nexus_config('states').items() if options.get('model') %}

    union all

    select
        {%- for column in columns %}
        {{ column }}{% if not loop.last %},{% endif %}
        {%- endfor %}
    from {{ ref(options['model']) }}
    {%- endfor %}
)

select
    {{ nexus.create_nexus_id('state', ['entity_id', 'state_name', 'state_entered_at']) }} as state_id,
    entity_id,
    entity_type,
    state_name,
    state_value,
    state_entered_at,
    state_exited_at,
    state_exited_at is null as is_current,
    trigger_event_id,
    source,
    _ingested_at
from states
