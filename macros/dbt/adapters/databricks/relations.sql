{# Relations of Databricks. There are no transactions around nodes, and names are lower case to the catalog. #}

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

{% macro databricks__list_schemas(database) -%}
  {{ return(run_query('show schemas' ~ (' in ' ~ adapter.quote(database) if database else ''))) }}
{%- endmacro %}

{% macro databricks__check_schema_exists(information_schema, schema) -%}
  {{ return(run_query(
    "show schemas in " ~ adapter.quote(information_schema.database) ~ " like '" ~ (schema | lower) ~ "'")) }}
{%- endmacro %}

{% macro databricks__list_relations_without_caching(schema_relation) -%}
  {{ return(run_query('show tables in ' ~ schema_relation.include(identifier=false))) }}
{%- endmacro %}

{% macro databricks__get_columns_in_relation(relation) -%}
  {{ return(adapter.get_columns_in_relation(relation)) }}
{%- endmacro %}

{% macro databricks__get_relation_last_modified(information_schema, relations) -%}
  {%- set wanted = [] -%}
  {%- for relation in relations -%}
    {%- do wanted.append(
        "(table_schema = '" ~ (relation.schema | lower) ~ "' and table_name = '" ~ (relation.identifier | lower) ~ "')") -%}
  {%- endfor -%}
  {%- call statement('last_modified', fetch_result=True) -%}
    select
      table_schema as schema,
      table_name as identifier,
      last_altered as last_modified,
      {{ current_timestamp() }} as snapshotted_at
    from {{ adapter.quote(information_schema.database) }}.information_schema.tables
    where {{ wanted | join(' or ') }}
  {%- endcall -%}
  {{ return(load_result('last_modified')) }}
{%- endmacro %}

{# Dropping, renaming, emptying. #}

{% macro databricks__drop_view(relation) -%}
    drop view if exists {{ relation.render() }}
{%- endmacro %}

{% macro databricks__drop_table(relation) -%}
    drop table if exists {{ relation.render() }}
{%- endmacro %}

{% macro databricks__drop_materialized_view(relation) -%}
    drop materialized view if exists {{ relation.render() }}
{%- endmacro %}

{% macro databricks__rename_relation(from_relation, to_relation) -%}
  {%- call statement('rename_relation') -%}
    alter {{ 'view' if from_relation.is_view else 'table' }} {{ from_relation.render() }} rename to {{ to_relation.render() }}
  {%- endcall -%}
{%- endmacro %}

{% macro databricks__get_rename_table_sql(relation, new_name) -%}
    alter table {{ relation.render() }} rename to {{ new_name }}
{%- endmacro %}

{% macro databricks__get_rename_view_sql(relation, new_name) -%}
    alter view {{ relation.render() }} rename to {{ new_name }}
{%- endmacro %}

{# There are no temporary relations: what is staged is a view (or a table) beside, which the node drops. #}
{% macro databricks__make_temp_relation(base_relation, suffix='__dbt_tmp') -%}
  {%- set part = '_' ~ model.batch.id if suffix == '__dbt_tmp' and model.batch else '' -%}
  {{ return(base_relation.incorporate(path={'identifier': base_relation.identifier ~ suffix ~ part}, type='view')) }}
{%- endmacro %}

{# Columns. #}

{% macro databricks__alter_column_type(relation, column_name, new_column_type) -%}
  {%- call statement('alter_column_type') -%}
    alter table {{ relation.render() }} alter column {{ adapter.quote(column_name) }} type {{ new_column_type }}
  {%- endcall -%}
{%- endmacro %}

{% macro databricks__alter_relation_add_remove_columns(relation, add_columns, remove_columns) -%}
  {%- if remove_columns -%}
    {%- set removed = [] -%}
    {%- for column in remove_columns -%}
      {%- do removed.append(adapter.quote(column.name)) -%}
    {%- endfor -%}
    {%- do run_query('alter table ' ~ relation.render() ~ ' drop columns (' ~ (removed | join(', ')) ~ ')') -%}
  {%- endif -%}
  {%- if add_columns -%}
    {%- set added = [] -%}
    {%- for column in add_columns -%}
      {%- do added.append(adapter.quote(column.name) ~ ' ' ~ column.data_type) -%}
    {%- endfor -%}
    {%- do run_query('alter table ' ~ relation.render() ~ ' add columns (' ~ (added | join(', ')) ~ ')') -%}
  {%- endif -%}
{%- endmacro %}

{% macro databricks__create_columns(relation, columns) -%}
  {%- if columns -%}
    {%- do databricks__alter_relation_add_remove_columns(relation, columns, none) -%}
  {%- endif -%}
{%- endmacro %}

{# Grants: one statement a grantee. #}

{% macro databricks__copy_grants() -%}
  {{ return(config.get('materialized') != 'view') }}
{%- endmacro %}

{%- macro databricks__support_multiple_grantees_per_dcl_statement() -%}
  {{ return(False) }}
{%- endmacro -%}

{%- macro databricks__get_grant_sql(relation, privilege, grantees) -%}
    grant {{ privilege }} on {{ relation.render() }} to {{ adapter.quote(grantees[0]) }}
{%- endmacro -%}

{%- macro databricks__get_revoke_sql(relation, privilege, grantees) -%}
    revoke {{ privilege }} on {{ relation.render() }} from {{ adapter.quote(grantees[0]) }}
{%- endmacro -%}

{% macro databricks__call_dcl_statements(dcl_statement_list) -%}
  {%- for text in dcl_statement_list -%}
    {%- call statement('grants') -%}
      {{ text }}
    {%- endcall -%}
  {%- endfor -%}
{%- endmacro %}

{# Clones share the files of the table that they are made of. #}

{% macro databricks__can_clone_table() -%}
  {{ return(True) }}
{%- endmacro %}

{% macro databricks__create_or_replace_clone(this_relation, defer_relation) -%}
    create or replace table {{ this_relation.render() }} shallow clone {{ defer_relation.render() }}
{%- endmacro %}
