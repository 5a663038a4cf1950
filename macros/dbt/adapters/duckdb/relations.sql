{# Relations of DuckDB. Data definition takes part in transactions; names compare without regard to case. #}

{# DuckDB opens no transaction by itself, so hooks outside of it need no commit first. #}
{% macro run_hooks(hooks, inside_transaction=True) %}
  {%- for hook in hooks | selectattr('transaction', 'equalto', inside_transaction) -%}
    {%- set text = render(hook.get('sql')) | trim -%}
    {%- if text -%}
      {%- call statement(auto_begin=inside_transaction) -%}
        {{ text }}
      {%- endcall -%}
    {%- endif -%}
  {%- endfor -%}
{% endmacro %}

{# Attached databases of other kinds have no schemas to create, or only `main`. #}
{% macro duckdb__create_schema(relation) -%}
  {%- set kind = run_query(
    "select type from duckdb_databases() where lower(database_name) = '" ~ (relation.database | lower) ~ "'"
    ~ " and type in ('sqlite', 'mysql')"
  ) -%}
  {%- if kind | length == 0 -%}
    {%- call statement('create_schema') -%}
      create schema if not exists {{ relation.without_identifier() }}
    {%- endcall -%}
  {%- elif kind.columns[0].values()[0] == 'sqlite' and relation.schema != 'main' -%}
    {%- do exceptions.raise_compiler_error(
        "An attached SQLite database has the schema `main` only, not `" ~ relation.schema ~ "`") -%}
  {%- endif -%}
{%- endmacro %}

{% macro duckdb__drop_schema(relation) -%}
  {%- call statement('drop_schema') -%}
    drop schema if exists {{ relation.without_identifier() }} cascade
  {%- endcall -%}
{%- endmacro %}

{% macro duckdb__list_schemas(database) -%}
  {{ return(run_query(
    "select schema_name from system.information_schema.schemata"
    ~ (" where lower(catalog_name) = '" ~ (database | lower) ~ "'" if database is not none else "")
  )) }}
{%- endmacro %}

{% macro duckdb__check_schema_exists(information_schema, schema) -%}
  {{ return(run_query(
    "select count(*) from system.information_schema.schemata"
    ~ " where lower(schema_name) = '" ~ (schema | lower) ~ "'"
    ~ " and lower(catalog_name) = '" ~ (information_schema.database | lower) ~ "'"
  )) }}
{%- endmacro %}

{% macro duckdb__list_relations_without_caching(schema_relation) -%}
  {%- call statement('list_relations_without_caching', fetch_result=True) -%}
    select
      '{{ schema_relation.database }}' as database,
      table_name as name,
      table_schema as schema,
      case when table_type = 'VIEW' then 'view' else 'table' end as type
    from system.information_schema.tables
    where lower(table_schema) = '{{ schema_relation.schema | lower }}'
      and lower(table_catalog) = '{{ schema_relation.database | lower }}'
  {%- endcall -%}
  {{ return(load_result('list_relations_without_caching').table) }}
{%- endmacro %}

{# The type's text carries its sizes. #}
{% macro duckdb__get_columns_in_relation(relation) -%}
  {%- call statement('get_columns_in_relation', fetch_result=True) -%}
    select
      column_name,
      column_type as data_type,
      null::bigint as character_maximum_length,
      null::bigint as numeric_precision,
      null::bigint as numeric_scale
    from (describe {{ relation.render() }})
  {%- endcall -%}
  {{ return(sql_convert_columns_in_relation(load_result('get_columns_in_relation').table)) }}
{%- endmacro %}

{# The header may set things up that the query needs, and cannot stand inside of a `describe`. #}
{% macro duckdb__get_empty_subquery_sql(select_sql, select_sql_header=none) %}
    {%- if select_sql_header is not none -%}
      {%- do run_query(select_sql_header) -%}
    {%- endif %}
    select * from (
        {{ select_sql }}
    ) as __dbt_sbq
    where false
    limit 0
{% endmacro %}

{% macro duckdb__drop_relation(relation) -%}
  {%- call statement('drop_relation', auto_begin=False) -%}
    drop {{ relation.type }} if exists {{ relation }} cascade
  {%- endcall -%}
{%- endmacro %}

{% macro duckdb__rename_relation(from_relation, to_relation) -%}
  {%- call statement('rename_relation') -%}
    alter {{ to_relation.type }} {{ from_relation }} rename to {{ adapter.quote_as_configured(to_relation.identifier, 'identifier') }}
  {%- endcall -%}
{%- endmacro %}

{# Temporary tables live in the connection, outside of any schema. #}
{% macro duckdb__make_temp_relation(base_relation, suffix) -%}
    {{ return(base_relation.incorporate(path={
        "identifier": base_relation.identifier ~ suffix ~ py_current_timestring(),
        "schema": none,
        "database": none
    })) }}
{%- endmacro %}

{# Where the new rows of incremental models and snapshots are staged, and whether that is a temporary table. A project that
   stages them elsewhere replaces this macro. #}
{% macro duckdb__dispatch_temporary_relation(target_relation, batch_id='') -%}
    {{ return({'relation': make_temp_relation(target_relation), 'temporary': true}) }}
{%- endmacro %}

{% macro duckdb__alter_relation_add_remove_columns(relation, add_columns, remove_columns) -%}
  {%- for column in add_columns or [] -%}
    {%- do run_query('alter ' ~ relation.type ~ ' ' ~ relation ~ ' add column '
        ~ adapter.quote_as_configured(column.name, 'identifier') ~ ' ' ~ column.data_type) -%}
  {%- endfor -%}
  {%- for column in remove_columns or [] -%}
    {%- do run_query('alter ' ~ relation.type ~ ' ' ~ relation ~ ' drop column '
        ~ adapter.quote_as_configured(column.name, 'identifier')) -%}
  {%- endfor -%}
{%- endmacro %}

{% macro duckdb__apply_grants(relation, grant_config, should_revoke=True) -%}
    {%- if grant_config -%}
      {%- do exceptions.warn('Grants for relations are not supported by DuckDB') -%}
    {%- endif -%}
{%- endmacro %}

{# Names of indexes are unique in a schema, and the old table's live until the swap, so the time is part of them. #}
{% macro duckdb__get_create_index_sql(relation, index_dict) -%}
  {%- set columns = index_dict['columns'] -%}
  {%- if columns is string or not columns -%}
    {%- do exceptions.raise_compiler_error("An entry of `indexes` needs `columns`: a list of column names") -%}
  {%- endif -%}
  {%- set unique = index_dict.get('unique', false) -%}
  {%- set name = local_md5((columns | join('_')) ~ '_' ~ relation.render() ~ '_' ~ unique ~ '_' ~ py_current_timestring()) -%}
  create {{ 'unique ' if unique }}index "{{ name }}" on {{ relation }} ({{ columns | join(', ') }});
{%- endmacro %}

{# A table with indexes cannot be renamed. #}
{% macro drop_indexes_on_relation(relation) -%}
  {%- call statement('get_indexes_on_relation', fetch_result=True, auto_begin=False) -%}
    select index_name
    from duckdb_indexes()
    where lower(database_name) = lower('{{ relation.database | replace("'", "''") }}')
      and lower(schema_name) = lower('{{ relation.schema | replace("'", "''") }}')
      and lower(table_name) = lower('{{ relation.identifier | replace("'", "''") }}')
  {%- endcall -%}
  {%- for row in load_result('get_indexes_on_relation').table -%}
    {%- call statement('drop_index_' ~ loop.index, auto_begin=False) -%}
      drop index {{ adapter.quote(relation.database) }}.{{ adapter.quote(relation.schema) }}.{{ adapter.quote(row[0]) }}
    {%- endcall -%}
  {%- endfor -%}
{%- endmacro %}

{# Comments in dollar quotes hold any text but their own label. #}
{% macro duckdb_escape_comment(comment) -%}
  {%- set label = '$dbt_comment_literal_block$' -%}
  {%- if comment is not string -%}
    {%- do exceptions.raise_compiler_error('A description must be text, not: ' ~ comment) -%}
  {%- elif label in comment -%}
    {%- do exceptions.raise_compiler_error('A description cannot hold the text ' ~ label) -%}
  {%- endif -%}
  {{ label }}{{ comment }}{{ label }}
{%- endmacro %}

{% macro duckdb__alter_relation_comment(relation, comment) -%}
  comment on {{ relation.type }} {{ relation }} is {{ duckdb_escape_comment(comment) }};
{%- endmacro %}

{% macro duckdb__alter_column_comment(relation, column_dict) -%}
  {%- set existing = get_list_of_column_names(adapter.get_columns_in_relation(relation)) -%}
  {%- for name, column in column_dict.items() if name in existing %}
    comment on column {{ relation }}.{{ adapter.quote(name) if column['quote'] else name }} is {{ duckdb_escape_comment(column['description']) }};
  {%- endfor -%}
{%- endmacro %}
