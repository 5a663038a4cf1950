{# The steps of a seed. `agate_table` is the CSV file as `load_agate_table` has it: its rows are read when somebody looks at
   them, and mostly nobody does, for the database reads the file itself. What a project makes of it (`select`, `where`, …) is
   loaded by inserts. #}

{% macro _seed_path(model) -%}
  {{ return(model['root_path'] ~ '/' ~ model['original_file_path']) }}
{%- endmacro %}

{% macro _seed_type(agate_table, index) -%}
  {{ return(adapter.convert_type(agate_table, index)) }}
{%- endmacro %}

{% macro create_csv_table(model, agate_table) -%}
  {{ return(adapter.dispatch('create_csv_table', 'dbt')(model, agate_table)) }}
{%- endmacro %}

{% macro default__create_csv_table(model, agate_table) -%}
  {%- set given = model['config'].get('column_types') or {} -%}
  {%- set quote = model['config'].get('quote_columns') -%}
  {%- set columns = [] -%}
  {%- for name in agate_table.column_names -%}
    {%- set type = given[name] if name in given else _seed_type(agate_table, loop.index0) -%}
    {%- do columns.append(adapter.quote_seed_column(name | string, quote) ~ ' ' ~ type) -%}
  {%- endfor -%}
  {%- set text = 'create table ' ~ this.render() ~ ' (' ~ (columns | join(', ')) ~ ')' -%}
  {%- call statement('_') -%}
    {{ text }}
  {%- endcall -%}
  {{ return(text) }}
{%- endmacro %}

{% macro reset_csv_table(model, full_refresh, old_relation, agate_table) -%}
  {{ return(adapter.dispatch('reset_csv_table', 'dbt')(model, full_refresh, old_relation, agate_table)) }}
{%- endmacro %}

{% macro default__reset_csv_table(model, full_refresh, old_relation, agate_table) -%}
    {%- if not full_refresh -%}
        {%- do adapter.truncate_relation(old_relation) -%}
        {{ return('truncate table ' ~ old_relation.render()) }}
    {%- endif -%}
    {#- A drop alone opens no transaction; without one a failed load would lose the old table. -#}
    {%- call statement('_') -%}
        select 1
    {%- endcall -%}
    {%- do adapter.drop_relation(old_relation) -%}
    {{ return(create_csv_table(model, agate_table)) }}
{%- endmacro %}

{# Has the database read the file itself; what a project made of it comes by inserts. #}
{% macro _load_seed_file(model, agate_table, column_names) -%}
  {%- if agate_table.has_short_rows is not defined -%}
    {{ return(default__load_csv_rows(model, agate_table)) }}
  {%- endif -%}
  {%- do adapter.load_csv(this, _seed_path(model), column_names, config.get('delimiter', ','), agate_table.has_short_rows) -%}
  {{ return('-- loaded from ' ~ model['original_file_path']) }}
{%- endmacro %}

{# Loads the rows and returns the text that did it, for target/run. #}
{% macro load_csv_rows(model, agate_table) -%}
  {{ return(adapter.dispatch('load_csv_rows', 'dbt')(model, agate_table)) }}
{%- endmacro %}

{% macro default__load_csv_rows(model, agate_table) -%}
  {%- set names = get_seed_column_quoted_csv(model, agate_table.column_names) -%}
  {%- set texts = [] -%}
  {%- for chunk in agate_table.rows | batch(get_batch_size()) -%}
    {%- set values = [] -%}
    {%- set marks = [] -%}
    {%- for row in chunk -%}
      {%- do values.extend(row) -%}
      {%- do marks.append('(' ~ ([get_binding_char()] * (agate_table.column_names | length)) | join(',') ~ ')') -%}
    {%- endfor -%}
    {%- set text = 'insert into ' ~ this.render() ~ ' (' ~ names ~ ') values ' ~ (marks | join(',')) -%}
    {%- do adapter.add_query(text, bindings=values, abridge_sql_log=True) -%}
    {%- do texts.append(text) -%}
  {%- endfor -%}
  {{ return(texts[0]) }}
{%- endmacro %}

{% macro get_csv_sql(create_or_truncate_sql, insert_sql) -%}
    {{ adapter.dispatch('get_csv_sql', 'dbt')(create_or_truncate_sql, insert_sql) }}
{%- endmacro %}

{% macro default__get_csv_sql(create_or_truncate_sql, insert_sql) %}
    {{ create_or_truncate_sql }};
    -- dbt seed --
    {{ insert_sql }}
{% endmacro %}

{% macro get_binding_char() -%}
  {{ return(adapter.dispatch('get_binding_char', 'dbt')()) }}
{%- endmacro %}

{% macro default__get_binding_char() -%}
  {{ return('%s') }}
{%- endmacro %}

{% macro get_batch_size() -%}
  {{ return(adapter.dispatch('get_batch_size', 'dbt')()) }}
{%- endmacro %}

{% macro default__get_batch_size() -%}
  {{ return(10000) }}
{%- endmacro %}

{% macro get_seed_column_quoted_csv(model, column_names) -%}
    {%- set quoted = [] -%}
    {%- for name in column_names -%}
        {%- do quoted.append(adapter.quote_seed_column(name, model['config'].get('quote_columns'))) -%}
    {%- endfor -%}
    {{ return(quoted | join(', ')) }}
{%- endmacro %}
