{# What is asked of PostgreSQL's catalog, schemas, comments, grants. One database a connection. #}

{# Raises where a relation is of another database, which a connection cannot reach. #}
{% macro _postgres_own_database(database) -%}
  {%- if database and (database | replace('"', '') | lower) != (target.database | lower) -%}
    {%- do exceptions.raise_compiler_error(
        "Cross-db references not allowed in " ~ adapter.type() ~ " (" ~ database ~ " vs " ~ target.database ~ ")") -%}
  {%- endif -%}
{%- endmacro %}

{% macro postgres__create_schema(relation) -%}
  {%- do _postgres_own_database(relation.database) -%}
  {%- call statement('create_schema') -%}
    create schema if not exists {{ relation.without_identifier().include(database=False) }}
  {%- endcall -%}
{%- endmacro %}

{% macro postgres__drop_schema(relation) -%}
  {%- do _postgres_own_database(relation.database) -%}
  {%- call statement('drop_schema') -%}
    drop schema if exists {{ relation.without_identifier().include(database=False) }} cascade
  {%- endcall -%}
{%- endmacro %}

{% macro postgres__information_schema_name(database) -%}
  information_schema
{%- endmacro %}

{% macro postgres__list_schemas(database) -%}
  {%- do _postgres_own_database(database) -%}
  {{ return(run_query('select distinct nspname from pg_namespace')) }}
{%- endmacro %}

{% macro postgres__check_schema_exists(information_schema, schema) -%}
  {%- do _postgres_own_database(information_schema.database) -%}
  {{ return(run_query('select count(*) from pg_namespace where nspname = ' ~ _postgres_text(schema))) }}
{%- endmacro %}

{% macro postgres__list_relations_without_caching(schema_relation) -%}
  {%- call statement('list_relations_without_caching', fetch_result=True) -%}
    select
      {{ _postgres_text(schema_relation.database) }} as database,
      pg_class.relname as name,
      pg_namespace.nspname as schema,
      case pg_class.relkind when 'v' then 'view' when 'm' then 'materialized_view' else 'table' end as type
    from pg_class
    join pg_namespace on pg_namespace.oid = pg_class.relnamespace
    where pg_namespace.nspname ilike {{ _postgres_text(schema_relation.schema) }}
      and pg_class.relkind in ('r', 'p', 'f', 'v', 'm')
    order by 2
  {%- endcall -%}
  {{ return(load_result('list_relations_without_caching').table) }}
{%- endmacro %}

{% macro postgres__get_columns_in_relation(relation) -%}
  {{ return(adapter.get_columns_in_relation(relation)) }}
{%- endmacro %}

{# Each view with a relation that it reads: schema and name of both. #}
{% macro postgres__get_relations() -%}
  {{ return(run_query(
    "select distinct view_schema.nspname as dependent_schema, view_class.relname as dependent_name,"
    ~ " read_schema.nspname as referenced_schema, read_class.relname as referenced_name"
    ~ " from pg_rewrite"
    ~ " join pg_class as view_class on view_class.oid = pg_rewrite.ev_class"
    ~ " join pg_namespace as view_schema on view_schema.oid = view_class.relnamespace"
    ~ " join pg_depend on pg_depend.objid = pg_rewrite.oid and pg_depend.classid = 'pg_rewrite'::regclass"
    ~ " and pg_depend.refclassid = 'pg_class'::regclass and pg_depend.refobjid <> pg_rewrite.ev_class"
    ~ " join pg_class as read_class on read_class.oid = pg_depend.refobjid"
    ~ " join pg_namespace as read_schema on read_schema.oid = read_class.relnamespace"
    ~ " where read_schema.nspname <> 'information_schema' and read_schema.nspname not like 'pg\\_%'"
    ~ " order by 1, 2, 3, 4"
  )) }}
{%- endmacro %}

{% macro postgres_get_relations() -%}
  {{ return(postgres__get_relations()) }}
{%- endmacro %}

{# Comments in dollar quotes hold any text but their own label. #}
{% macro postgres_escape_comment(comment) -%}
  {%- set label = '$dbt_comment_literal_block$' -%}
  {%- if comment is not string -%}
    {%- do exceptions.raise_compiler_error('A description must be text, not: ' ~ comment) -%}
  {%- elif label in comment -%}
    {%- do exceptions.raise_compiler_error('A description cannot hold the text ' ~ label) -%}
  {%- endif -%}
  {{ label }}{{ comment }}{{ label }}
{%- endmacro %}

{% macro postgres__alter_relation_comment(relation, comment) -%}
  comment on {{ relation.type | replace('_', ' ') }} {{ relation }} is {{ postgres_escape_comment(comment) }};
{%- endmacro %}

{% macro postgres__alter_column_comment(relation, column_dict) -%}
  {%- set existing = get_list_of_column_names(adapter.get_columns_in_relation(relation)) -%}
  {%- for name, column in column_dict.items() if name in existing %}
    comment on column {{ relation }}.{{ adapter.quote(name) if column['quote'] else name }} is {{ postgres_escape_comment(column['description']) }};
  {%- endfor -%}
{%- endmacro %}

{# What this role has granted to others. #}
{% macro postgres__get_show_grant_sql(relation) -%}
  select grantee, privilege_type
  from information_schema.role_table_grants
  where grantor = current_role
    and grantee <> current_role
    and table_schema = {{ _postgres_text(relation.schema) }}
    and table_name = {{ _postgres_text(relation.identifier) }}
{%- endmacro %}

{# A replaced relation is a new one, without grants. #}
{% macro postgres__copy_grants() -%}
    {{ return(False) }}
{%- endmacro %}
