{% macro greet(name) -%}
  {{ return(adapter.dispatch('greet', 'alpha')(name)) }}
{%- endmacro %}

{% macro default__greet(name) -%}hello {{ name }} from alpha default{%- endmacro %}

{% macro shout(name) -%}
  {{ adapter.dispatch('shout', 'alpha')(name) }}
{%- endmacro %}

{% macro default__shout(name) -%}ALPHA {{ name | upper }}{%- endmacro %}

{% macro plain_dispatch() -%}
  {{ adapter.dispatch('plain_dispatch', macro_namespace='alpha')() }}
{%- endmacro %}

{% macro default__plain_dispatch() -%}alpha plain default{%- endmacro %}

{% macro duckdb__plain_dispatch() -%}alpha plain duckdb{%- endmacro %}
