{% macro who_am_i() %}root{% endmacro %}

{% macro default__greet(name) -%}hello {{ name }} from root{%- endmacro %}

{% macro default__string_literal(value) -%}
  {%- set escaped = value | replace("'", "''") -%}
  '{{ escaped }}'
{%- endmacro %}
