{# The columns of all relations, for `docs generate`. #}

{% macro duckdb__get_catalog(information_schema, schemas) -%}
  {%- set conditions = [] -%}
  {%- for schema in schemas -%}
    {%- do conditions.append("lower(table_schema) = lower('" ~ (schema | replace("'", "''")) ~ "')") -%}
  {%- endfor -%}
  {{ return(run_query(_catalog_query(information_schema, conditions))) }}
{%- endmacro %}

{% macro duckdb__get_catalog_relations(information_schema, relations) -%}
  {%- set conditions = [] -%}
  {%- for relation in relations -%}
    {%- if not relation.schema -%}
      {%- do exceptions.raise_compiler_error('get_catalog_relations needs relations with a schema') -%}
    {%- endif -%}
    {%- set schema = "lower(table_schema) = lower('" ~ (relation.schema | replace("'", "''")) ~ "')" -%}
    {%- set name = " and lower(table_name) = lower('" ~ (relation.identifier | replace("'", "''")) ~ "')" if relation.identifier else '' -%}
    {%- do conditions.append('(' ~ schema ~ name ~ ')') -%}
  {%- endfor -%}
  {{ return(run_query(_catalog_query(information_schema, conditions))) }}
{%- endmacro %}

{% macro _catalog_query(information_schema, conditions) -%}
    with relations as (
        select database_name as table_database, schema_name as table_schema, table_name,
            'BASE TABLE' as table_type, comment as table_comment
        from duckdb_tables()
        union all
        select database_name, schema_name, view_name, 'VIEW', comment
        from duckdb_views()
    ),

    fields as (
        select database_name as table_database, schema_name as table_schema, table_name,
            column_name, column_index, data_type as column_type, comment as column_comment
        from duckdb_columns()
    )

    select
        table_database, table_schema, table_name, table_type, table_comment,
        column_name, column_index, column_type, column_comment, null as table_owner
    from relations
    join fields using (table_database, table_schema, table_name)
    where lower(table_database) = lower('{{ information_schema.database | replace("'", "''") }}')
      and ({{ conditions | join(' or ') if conditions else 'false' }})
    order by table_schema, table_name, column_index
{%- endmacro %}
