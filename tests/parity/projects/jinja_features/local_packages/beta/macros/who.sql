{% macro who_am_i() %}beta{% endmacro %}

{% macro default__greet(name) -%}hello {{ name }} from beta{%- endmacro %}

{% macro duckdb__shout(name) -%}beta duckdb {{ name }}{%- endmacro %}

{% macro hook_from_package(x) %}select '{{ x }}'{% endmacro %}

{% macro hidden_ref(name) %}{{ return(ref(name)) }}{% endmacro %}
