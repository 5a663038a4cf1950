{% macro events_of_run() -%}
select id, grp, amount, label from {{ ref('events') }} where at_run = {{ var('run_number') }}
{%- endmacro %}
