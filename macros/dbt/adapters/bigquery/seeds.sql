{# Seeds: the file is loaded into a table beside, which then takes the seed's place by one statement. #}

{% macro _staged_seed(model) -%}
  {{ return(_beside(this, '__dbt_seed').incorporate(type='table')) }}
{%- endmacro %}

{# A type by BigQuery's name, where a project names it as most other databases do. #}
{% macro _bigquery_type(type) -%}
  {%- set words = {'varchar': 'string', 'text': 'string', 'character varying': 'string', 'double': 'float64',
      'double precision': 'float64', 'real': 'float64', 'timestamp without time zone': 'datetime'} -%}
  {{ return(words.get(type | lower | trim, type)) }}
{%- endmacro %}

{% macro _seed_definition(model, agate_table, relation, temporary) -%}
  {%- set given = model['config'].get('column_types') or {} -%}
  {%- set columns = [] -%}
  {%- for name in agate_table.column_names -%}
    {%- set type = given[name] if name in given else _seed_type(agate_table, loop.index0) -%}
    {%- do columns.append(adapter.quote(name | string) ~ ' ' ~ _bigquery_type(type)) -%}
  {%- endfor -%}
  {{ return('create or replace table ' ~ relation ~ ' (' ~ (columns | join(', ')) ~ ') '
      ~ bigquery_table_options(config, model, temporary)) }}
{%- endmacro %}

{# A file without rows is not loaded, so its table is made at once. #}
{% macro bigquery__create_csv_table(model, agate_table) -%}
  {%- set count = agate_table.row_count if agate_table.row_count is defined else agate_table.rows | length -%}
  {%- set text = _seed_definition(model, agate_table, _staged_seed(model) if count > 0 else this, count > 0) -%}
  {%- call statement('_') -%}
    {{ text }}
  {%- endcall -%}
  {{ return(text) }}
{%- endmacro %}

{% macro bigquery__reset_csv_table(model, full_refresh, old_relation, agate_table) -%}
  {{ return(bigquery__create_csv_table(model, agate_table)) }}
{%- endmacro %}

{% macro bigquery__load_csv_rows(model, agate_table) -%}
  {%- set staged = _staged_seed(model) -%}
  {%- do adapter.load_csv(staged, _seed_path(model), agate_table.column_names, config.get('delimiter', ','), agate_table.has_short_rows) -%}
  {%- do _make_way_for_table(load_cached_relation(this)) -%}
  {%- set text = 'create or replace table ' ~ this ~ ' copy ' ~ staged ~ ' ' ~ bigquery_table_options(config, model, false) -%}
  {%- call statement('_') -%}
    {{ text }}
  {%- endcall -%}
  {%- do adapter.drop_relation(staged) -%}
  {{ return('-- loaded from ' ~ model['original_file_path'] ~ '\n' ~ text) }}
{%- endmacro %}
