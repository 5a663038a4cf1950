{# The columns of a relation as a list to select: all but some, with a table's alias, each under a new name. #}
{% macro select_list(of, without=[], alias=none, rename='') -%}
  {% do toolbox.expect_relation(of, 'select_list') %}
  {{ return(adapter.dispatch('select_list', 'toolbox')(of, without, alias, rename)) }}
{%- endmacro %}

{% macro default__select_list(of, without, alias, rename) -%}
  {# While parsing, nobody knows the columns. #}
  {% if not execute %}{% do return('1') %}{% endif %}
  {%- set without = without | map('lower') | list -%}
  {%- set kept = [] -%}
  {%- for column in adapter.get_columns_in_relation(of) -%}
    {%- do kept.append(column.name) if column.name.lower() not in without -%}
  {%- endfor -%}
  {%- if not kept -%}
    {%- set nothing -%}
      {% if flags.WHICH == 'compile' %}
null /* {{ of.identifier }} without all its columns */
      {% else %}null as nothing{% endif %}
    {%- endset -%}
    {%- do return(nothing) -%}
  {%- endif -%}
  {%- for name in kept -%}
    {{ '' if loop.first else ',\n  ' }}{% if alias %}{{ alias }}.{% endif %}{{ adapter.quote(name) | trim -}}
    {% if rename -%}
      {{ ' as ' ~ adapter.quote(rename ~ name) }}
    {%- endif -%}
  {%- endfor -%}
{%- endmacro %}

{% macro expect_relation(given, of) %}
  {% set kind = given.get('metadata', {}).get('type', '') if given is mapping else '' %}
  {% if 'Relation' not in kind %}
    {{ exceptions.raise_compiler_error(of ~ ' takes a relation, not ' ~ given) }}
  {% endif %}
{% endmacro %}
