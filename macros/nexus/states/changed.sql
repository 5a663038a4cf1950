{#- Renders the states of the sources and of the models that `vars: nexus: states` names, one after another. The same on every database. -#}
{% macro nexus_all_states() -%}
{%- set columns = nexus.nexus_state_columns() -%}
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
{%- endmacro %}


{#- Renders a select of the ids of entities of whose states nexus_states has other rows than its models: models of states say nothing about what is new in
    them, so all rows are compared. The same on every database. -#}
{% macro nexus_changed_states() -%}
{%- set columns = nexus.nexus_state_columns() | join(', ') -%}
select entity_id
from (
    select {{ columns }}
    from (
        {{ nexus.nexus_all_states() | indent(8) }}
    ) as states
    {{ dbt.except() }}
    select {{ columns }} from {{ this }}
) as added

{{ nexus.nexus_union_distinct() }}

select entity_id
from (
    select {{ columns }} from {{ this }}
    {{ dbt.except() }}
    select {{ columns }}
    from (
        {{ nexus.nexus_all_states() | indent(8) }}
    ) as states
) as removed
{%- endmacro %}


{#- Renders a select of the ids of entities whose timeline changed: new rows of nexus_states, or none any more. The same on every database. -#}
{% macro nexus_touched_timelines() -%}
{%- set known = namespace(batch=0) -%}
{%- for row in nexus.nexus_ask_this('select coalesce(max(_batch), 0) from ' ~ this) -%}
  {%- set known.batch = row[0] | int -%}
{%- endfor -%}
select entity_id
from {{ ref('nexus_states') }}
where _batch > {{ known.batch }}

{{ nexus.nexus_union_distinct() }}

select timelines.entity_id
from {{ this }} as timelines
left join {{ ref('nexus_states') }} as states on timelines.entity_id = states.entity_id
where states.entity_id is null
{%- endmacro %}
