{#- The second run has one column more, one less, and one in another place. -#}
{% macro changing() -%}
{%- if var('run_number') | int == 1 -%}
select 1 as id, 'kept' as kept, 'dropped' as dropped
{%- else -%}
select 2 as id, 'added' as added, 'kept' as kept
{%- endif -%}
{%- endmacro %}

{% macro growing() -%}
{%- if var('run_number') | int == 1 -%}
select 1 as id, 'kept' as kept
{%- else -%}
select 2 as id, 'kept' as kept, 'added' as added
{%- endif -%}
{%- endmacro %}
