{# Relations of Snowflake. Names without quotes are in upper case there, and data definition commits by itself. #}

{# No transaction is open around a node, so hooks that want to be outside of it need no commit first. #}
{% macro run_hooks(hooks, inside_transaction=True) %}
  {%- for hook in hooks | selectattr('transaction', 'equalto', inside_transaction) -%}
    {%- set text = render(hook.get('sql')) | trim -%}
    {%- if text -%}
      {%- call statement(auto_begin=False) -%}
        {{ text }}
      {%- endcall -%}
    {%- endif -%}
  {%- endfor -%}
{% endmacro %}

{# A change of rows as a transaction of its own: what stands between belongs together. #}
{% macro snowflake_dml_explicit_transaction(dml) -%}
  {%- set text -%}
    begin;
    {{ dml }};
    commit;
  {%- endset -%}
  {{ return(text) }}
{%- endmacro %}

{% macro snowflake__list_schemas(database) -%}
  {{ return(run_query('show terse schemas in database ' ~ database ~ ' limit 10000')) }}
{%- endmacro %}

{% macro snowflake__check_schema_exists(information_schema, schema) -%}
  {{ return(run_query(
    "select count(*) from " ~ information_schema ~ ".schemata"
    ~ " where upper(schema_name) = upper('" ~ schema ~ "')"
    ~ " and upper(catalog_name) = upper('" ~ information_schema.database ~ "')"
  )) }}
{%- endmacro %}

{# The adapter lists relations itself, page by page; this gives a schema's first page to macros that ask. #}
{% macro snowflake__list_relations_without_caching(schema_relation) -%}
  {%- set place = schema_relation if schema_relation is string else schema_relation.include(identifier=false) -%}
  {{ return(run_query('show objects in schema ' ~ place ~ ' limit 10000')) }}
{%- endmacro %}

{% macro snowflake__list_function_relations_without_caching(schema_relation) -%}
  {%- set place = schema_relation if schema_relation is string else schema_relation.include(identifier=false) -%}
  {{ return(run_query('show user functions in schema ' ~ place)) }}
{%- endmacro %}

{% macro snowflake__get_columns_in_relation(relation) -%}
  {%- set columns = [] -%}
  {%- for row in run_query('describe table ' ~ relation.render()) -%}
    {%- do columns.append(api.Column.from_description(row['name'], row['type'])) -%}
  {%- endfor -%}
  {{ return(columns) }}
{%- endmacro %}

{% macro snowflake__get_relation_last_modified(information_schema, relations) -%}
  {%- set wanted = [] -%}
  {%- for relation in relations -%}
    {%- do wanted.append(
        "(upper(table_schema) = upper('" ~ relation.schema ~ "') and upper(table_name) = upper('" ~ relation.identifier ~ "'))") -%}
  {%- endfor -%}
  {%- call statement('last_modified', fetch_result=True) -%}
    select
      table_schema as schema,
      table_name as identifier,
      last_altered as last_modified,
      {{ current_timestamp() }} as snapshotted_at
    from {{ information_schema }}.tables
    where ({{ wanted | join(' or ') }})
  {%- endcall -%}
  {{ return(load_result('last_modified')) }}
{%- endmacro %}

{# Dropping, renaming, emptying. #}

{% macro snowflake__get_drop_sql(relation) -%}
  {%- if relation.is_dynamic_table -%}
    drop dynamic table if exists {{ relation }}
  {%- else -%}
    {{ default__get_drop_sql(relation) }}
  {%- endif -%}
{%- endmacro %}

{% macro snowflake__rename_relation(from_relation, to_relation) -%}
  {%- call statement('rename_relation') -%}
    alter table {{ from_relation }} rename to {{ to_relation }}
  {%- endcall -%}
{%- endmacro %}

{% macro snowflake__get_rename_table_sql(relation, new_name) -%}
  alter table {{ relation }} rename to {{ new_name }}
{%- endmacro %}

{% macro snowflake__get_rename_view_sql(relation, new_name) -%}
  alter view {{ relation }} rename to {{ new_name }}
{%- endmacro %}

{% macro snowflake__get_rename_materialized_view_sql(relation, new_name) -%}
  alter dynamic table {{ relation }} rename to {{ new_name }}
{%- endmacro %}

{# A new name without its schema would be sought in the session's, so whole names are used. #}
{% macro snowflake__get_rename_intermediate_sql(relation) -%}
  {{ get_rename_sql(make_intermediate_relation(relation), relation.render()) }}
{%- endmacro %}

{% macro snowflake__get_create_backup_sql(relation) -%}
  {%- set backup = make_backup_relation(relation, relation.type) -%}
  {{ get_drop_sql(backup) }};
  {{ get_rename_sql(relation, backup.render()) }}
{%- endmacro %}

{% macro snowflake__truncate_relation(relation) -%}
  {%- call statement('truncate_relation') -%}
    {{ snowflake_dml_explicit_transaction('truncate table ' ~ relation.render()) }}
  {%- endcall -%}
{%- endmacro %}

{# Columns. #}

{% macro snowflake__alter_column_type(relation, column_name, new_column_type) -%}
  {%- call statement('alter_column_type') -%}
    alter table {{ relation.render() }} alter {{ adapter.quote(column_name) }} set data type {{ new_column_type }};
  {%- endcall -%}
{%- endmacro %}

{% macro snowflake__alter_relation_add_remove_columns(relation, add_columns, remove_columns) -%}
  {%- set kind = 'dynamic table' if relation.is_dynamic_table else relation.type -%}
  {%- if add_columns -%}
    {%- set added = [] -%}
    {%- for column in add_columns -%}
      {%- do added.append(adapter.quote(column.name) ~ ' ' ~ column.data_type) -%}
    {%- endfor -%}
    {%- do run_query('alter ' ~ kind ~ ' ' ~ relation.render() ~ ' add column ' ~ (added | join(', '))) -%}
  {%- endif -%}
  {%- if remove_columns -%}
    {%- set removed = [] -%}
    {%- for column in remove_columns -%}
      {%- do removed.append(adapter.quote(column.name)) -%}
    {%- endfor -%}
    {%- do run_query('alter ' ~ kind ~ ' ' ~ relation.render() ~ ' drop column ' ~ (removed | join(', '))) -%}
  {%- endif -%}
{%- endmacro %}

{# Grants. A replaced relation keeps its grants only where `copy_grants` says so. #}

{% macro snowflake__copy_grants() -%}
  {{ return(config.get('copy_grants', False)) }}
{%- endmacro %}

{%- macro snowflake__support_multiple_grantees_per_dcl_statement() -%}
  {{ return(False) }}
{%- endmacro -%}

{# Clones. #}

{% macro snowflake__can_clone_table() -%}
  {{ return(True) }}
{%- endmacro %}

{% macro snowflake__create_or_replace_clone(this_relation, defer_relation) -%}
    create or replace {{ 'transient ' if config.get('transient', true) }}table {{ this_relation }}
    clone {{ defer_relation }}
    {{- ' copy grants' if config.get('copy_grants', false) }}
    {{- ' copy tags' if config.get('copy_tags', false) }}
{%- endmacro %}
