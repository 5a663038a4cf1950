{# The columns of all relations, for `docs generate`: one query a database. #}

{% macro snowflake__get_catalog(information_schema, schemas) -%}
  {%- set conditions = [] -%}
  {%- for schema in schemas -%}
    {%- do conditions.append(_is_named('table_schema', schema)) -%}
  {%- endfor -%}
  {{ return(run_query(_catalog_query(information_schema, conditions))) }}
{%- endmacro %}

{% macro snowflake__get_catalog_relations(information_schema, relations) -%}
  {%- set conditions = [] -%}
  {%- for relation in relations -%}
    {%- if not relation.schema -%}
      {%- do exceptions.raise_compiler_error('get_catalog_relations needs relations with a schema') -%}
    {%- endif -%}
    {%- set name = ' and ' ~ _is_named('table_name', relation.identifier) if relation.identifier else '' -%}
    {%- do conditions.append(_is_named('table_schema', relation.schema) ~ name) -%}
  {%- endfor -%}
  {{ return(run_query(_catalog_query(information_schema, conditions))) }}
{%- endmacro %}

{% macro _is_named(field, name) -%}
  upper({{ field }}) = upper('{{ name | replace("'", "''") }}')
{%- endmacro %}

{% macro _catalog_query(information_schema, conditions) %}
    with relations as (
        select
            table_catalog, table_schema, table_name, table_type, comment, table_owner, clustering_key, row_count, bytes,
            last_altered, is_dynamic
        from {{ information_schema }}.tables
        where ({{ conditions | join(') or (') }})
    ),

    fields as (
        select table_catalog, table_schema, table_name, column_name, ordinal_position, data_type, comment
        from {{ information_schema }}.columns
        where ({{ conditions | join(') or (') }})
    )

    select
        relations.table_catalog as "table_database",
        relations.table_schema as "table_schema",
        relations.table_name as "table_name",
        case when relations.is_dynamic = 'YES' and relations.table_type = 'BASE TABLE' then 'DYNAMIC TABLE'
            else relations.table_type end as "table_type",
        relations.comment as "table_comment",
        relations.table_owner as "table_owner",
        'Clustering Key' as "stats:clustering_key:label",
        relations.clustering_key as "stats:clustering_key:value",
        'The columns that rows are kept together by' as "stats:clustering_key:description",
        (relations.clustering_key is not null) as "stats:clustering_key:include",
        'Row Count' as "stats:row_count:label",
        relations.row_count as "stats:row_count:value",
        'How many rows there are, about' as "stats:row_count:description",
        (relations.row_count is not null) as "stats:row_count:include",
        'Approximate Size' as "stats:bytes:label",
        relations.bytes as "stats:bytes:value",
        'The bytes that the rows take' as "stats:bytes:description",
        (relations.bytes is not null) as "stats:bytes:include",
        'Last Modified' as "stats:last_modified:label",
        to_varchar(convert_timezone('UTC', relations.last_altered), 'yyyy-mm-dd HH24:MI') || 'UTC' as "stats:last_modified:value",
        'When the rows or the columns last changed' as "stats:last_modified:description",
        (relations.last_altered is not null and relations.table_type = 'BASE TABLE') as "stats:last_modified:include",
        fields.column_name as "column_name",
        fields.ordinal_position as "column_index",
        fields.data_type as "column_type",
        fields.comment as "column_comment"
    from relations
    join fields
        on relations.table_catalog = fields.table_catalog
        and relations.table_schema = fields.table_schema
        and relations.table_name = fields.table_name
    order by fields.ordinal_position
{% endmacro %}
