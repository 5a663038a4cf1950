{# Fails for each column that only one of two relations has. The configuration is said by the macro that dispatch finds. #}
{% test same_columns(model, other, leave_out=none) %}
  {{ return(adapter.dispatch('test_same_columns', 'toolbox')(model, other, leave_out)) }}
{% endtest %}

{% macro default__test_same_columns(model, other, leave_out) %}
  {%- set weight %}
    coalesce(sum(weight), 0)
  {%- endset -%}
  {{ config(fail_calc=weight, severity='warn') }}
  {%- if not execute -%}
    {{ return('') }}
  {%- endif -%}
  {%- set ours = adapter.get_columns_in_relation(model) | map(attribute='name') | list -%}
  {%- set theirs = adapter.get_columns_in_relation(other) | map(attribute='name') | list -%}
  with missing as (
    select cast(null as varchar) as missing, 0 as weight
    {%- for name in ours + theirs if (name in ours) != (name in theirs) and name | lower not in leave_out | map('lower') %}
    union all select '{{ name }}', {{ loop.index }}
    {%- endfor %}
  )
  select missing, weight from missing
{% endmacro %}

{# Names a relation in its own body, two calls away from the test. #}
{% test covered_by_events(model, column_name) %}
  select {{ column_name }} from {{ model }} where {{ column_name }} > {{ toolbox.count_of_events() }}
{% endtest %}

{% macro count_of_events() %}
  {{- return(toolbox.subquery_of_events()) -}}
{% endmacro %}

{% macro subquery_of_events() %}
  {{- return('(select count(*) + 2 from ' ~ ref('events') ~ ')') -}}
{% endmacro %}

{% test has_text(model, column_name, trimmed=true) %}
  select * from {{ model }} where {{ 'trim(' ~ column_name ~ ')' if trimmed else column_name }} = ''
{% endtest %}
