{# The columns of all relations, for `docs generate`. The query is put together of macros, so that a project can replace one. #}

{% macro duckdb__get_catalog(information_schema, schemas) -%}
  {{ return(run_query(_catalog_query(information_schema, duckdb__get_catalog_schemas_where_clause_sql(schemas)))) }}
{%- endmacro %}

{% macro duckdb__get_catalog_relations(information_schema, relations) -%}
  {{ return(run_query(_catalog_query(information_schema, duckdb__get_catalog_relations_where_clause_sql(relations)))) }}
{%- endmacro %}

{% macro _catalog_query(information_schema, condition) -%}
    with tables as (
        {{ duckdb__get_catalog_tables_sql(information_schema) }}
        {{ condition }}
    ),

    columns as (
        {{ duckdb__get_catalog_columns_sql(information_schema) }}
        {{ condition }}
    )

    {{ duckdb__get_catalog_results_sql() }}
{%- endmacro %}

{# The tables and views of a database: a query that a `where` may follow. #}
{% macro duckdb__get_catalog_tables_sql(information_schema) -%}
    select * from (
        select database_name as table_database, schema_name as table_schema, table_name,
            'BASE TABLE' as table_type, comment as table_comment
        from duckdb_tables()
        where {{ _catalog_is('database_name', information_schema.database) }}
        union all
        select database_name, schema_name, view_name, 'VIEW', comment
        from duckdb_views()
        where {{ _catalog_is('database_name', information_schema.database) }}
    ) as relations_of_all
{%- endmacro %}

{% macro duckdb__get_catalog_columns_sql(information_schema) -%}
    select * from (
        select database_name as table_database, schema_name as table_schema, table_name,
            column_name, column_index, data_type as column_type, comment as column_comment
        from duckdb_columns()
        where {{ _catalog_is('database_name', information_schema.database) }}
    ) as columns_of_all
{%- endmacro %}

{# What the catalog reads of the two queries, which are named `tables` and `columns`. #}
{% macro duckdb__get_catalog_results_sql() -%}
    select
        table_database, table_schema, table_name, table_type, table_comment,
        column_name, column_index, column_type, column_comment, null as table_owner
    from tables
    join columns using (table_database, table_schema, table_name)
    order by table_schema, table_name, column_index
{%- endmacro %}

{# `where` with the schemas; nothing is found where there are none. #}
{% macro duckdb__get_catalog_schemas_where_clause_sql(schemas) -%}
  {%- set conditions = [] -%}
  {%- for schema in schemas -%}
    {%- do conditions.append(_catalog_is('table_schema', schema)) -%}
  {%- endfor -%}
  where ({{ conditions | join(' or ') if conditions else 'false' }})
{%- endmacro %}

{# `where` with the relations; one without a name stands for its whole schema. #}
{% macro duckdb__get_catalog_relations_where_clause_sql(relations) -%}
  {%- set conditions = [] -%}
  {%- for relation in relations -%}
    {%- if not relation.schema -%}
      {%- do exceptions.raise_compiler_error('get_catalog_relations needs relations with a schema') -%}
    {%- endif -%}
    {%- set name = ' and ' ~ _catalog_is('table_name', relation.identifier) if relation.identifier else '' -%}
    {%- do conditions.append('(' ~ _catalog_is('table_schema', relation.schema) ~ name ~ ')') -%}
  {%- endfor -%}
  where ({{ conditions | join(' or ') if conditions else 'false' }})
{%- endmacro %}

{% macro _catalog_is(column, name) -%}
  lower({{ column }}) = lower('{{ name | replace("'", "''") }}')
{%- endmacro %}
