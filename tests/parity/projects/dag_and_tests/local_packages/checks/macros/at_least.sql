{% test at_least(model, column_name, floor=0) %}
  {{ return(adapter.dispatch('test_at_least', 'checks')(model, column_name, floor)) }}
{% endtest %}

{% macro default__test_at_least(model, column_name, floor) %}
select * from {{ model }} where {{ column_name }} < {{ floor }}
{% endmacro %}

{% macro generate_schema_name(custom_schema_name, node) -%}
pkg_{{ custom_schema_name or 'none' }}
{%- endmacro %}
