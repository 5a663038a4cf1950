{# Seeds: rows are replaced within one transaction, so that nobody sees the table empty or half filled. #}

{% macro snowflake__create_csv_table(model, agate_table) -%}
  {%- set given = model['config'].get('column_types') or {} -%}
  {%- set quote = model['config'].get('quote_columns') -%}
  {%- set columns = [] -%}
  {%- for name in agate_table.column_names -%}
    {%- set type = given[name] if name in given else _seed_type(agate_table, loop.index0) -%}
    {%- do columns.append(adapter.quote_seed_column(name | string, quote) ~ ' ' ~ type) -%}
  {%- endfor -%}
  {%- set kind = 'transient ' if config.get('transient', true) is not false else '' -%}
  {%- set text = 'create ' ~ kind ~ 'table ' ~ this.render() ~ ' (' ~ (columns | join(', ')) ~ ')' -%}
  {%- call statement('_') -%}
    {{ text }}
  {%- endcall -%}
  {{ return(text) }}
{%- endmacro %}

{# Old rows go when the new ones come. #}
{% macro snowflake__reset_csv_table(model, full_refresh, old_relation, agate_table) -%}
  {%- if full_refresh -%}
    {%- do adapter.drop_relation(old_relation) -%}
    {{ return(create_csv_table(model, agate_table)) }}
  {%- elif (agate_table.row_count if agate_table.row_count is defined else agate_table.rows | length) == 0 -%}
    {%- do adapter.truncate_relation(old_relation) -%}
  {%- endif -%}
  {{ return('') }}
{%- endmacro %}

{% macro snowflake__load_csv_rows(model, agate_table) -%}
  {%- set names = [] -%}
  {%- for name in agate_table.column_names -%}
    {%- do names.append(adapter.quote_seed_column(name | string, model['config'].get('quote_columns'))) -%}
  {%- endfor -%}
  {%- do adapter.execute('begin') -%}
  {%- do adapter.execute('delete from ' ~ this.render()) -%}
  {%- do adapter.load_csv(this, _seed_path(model), names, config.get('delimiter', ','), agate_table.has_short_rows) -%}
  {%- do adapter.execute('commit') -%}
  {{ return('-- loaded from ' ~ model['original_file_path']) }}
{%- endmacro %}
