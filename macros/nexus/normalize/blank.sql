{#- Renders whether a text holds nothing but blanks, of millions of texts. expression: SQL text. By database: a look at the first character spares
    DuckDB the regular expression. -#}
{% macro nexus_is_empty(expression) -%}
  {{ return(adapter.dispatch('nexus_is_empty', 'nexus')(expression)) }}
{%- endmacro %}

{% macro default__nexus_is_empty(expression) -%}
  ({{ nexus.nexus_regexp_remove(expression, '[[:space:]]') }} = '')
{%- endmacro %}

{#- 33 to 126 are the visible characters of ASCII. -#}
{% macro duckdb__nexus_is_empty(expression) -%}
  (case when ascii({{ expression }}) between 33 and 126 then false else {{ nexus.default__nexus_is_empty(expression) }} end)
{%- endmacro %}
