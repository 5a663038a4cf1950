{# Seeds: the table is made anew, by one statement where it is there, and filled. #}

{% macro databricks__create_csv_table(model, agate_table) -%}
  {{ return(_seed_table_anew(model, agate_table, '')) }}
{%- endmacro %}

{% macro databricks__reset_csv_table(model, full_refresh, old_relation, agate_table) -%}
  {%- if old_relation.is_table and _is_delta() -%}
    {{ return(_seed_table_anew(model, agate_table, 'or replace ')) }}
  {%- endif -%}
  {%- do adapter.drop_relation(old_relation) -%}
  {{ return(_seed_table_anew(model, agate_table, '')) }}
{%- endmacro %}

{% macro _seed_table_anew(model, agate_table, replace) -%}
  {%- set given = model['config'].get('column_types') or {} -%}
  {%- set quote = model['config'].get('quote_columns') -%}
  {%- set columns = [] -%}
  {%- for name in agate_table.column_names -%}
    {%- set type = given[name] if name in given else _seed_type(agate_table, loop.index0) -%}
    {#- Texts of any length have one name there; projects name it as other databases do. -#}
    {%- set type = 'string' if (type | lower) in ['varchar', 'text'] else type -%}
    {%- do columns.append(adapter.quote_seed_column(name | string, quote) ~ ' ' ~ type) -%}
  {%- endfor -%}
  {%- set text = 'create ' ~ replace ~ 'table ' ~ this.render() ~ ' (' ~ (columns | join(', ')) ~ ') ' ~ _table_clauses(this) -%}
  {%- call statement('_') -%}
    {{ text }}
  {%- endcall -%}
  {{ return(text) }}
{%- endmacro %}

{% macro databricks__load_csv_rows(model, agate_table) -%}
  {{ return(_load_seed_file(model, agate_table, agate_table.column_names)) }}
{%- endmacro %}
