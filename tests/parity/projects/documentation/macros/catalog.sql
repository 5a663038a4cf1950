{# The columns of all relations, with statistics of them. #}

{% macro duckdb__get_catalog(information_schema, schemas) -%}
  {{ return(with_statistics(information_schema)) }}
{%- endmacro %}

{% macro duckdb__get_catalog_relations(information_schema, relations) -%}
  {{ return(with_statistics(information_schema)) }}
{%- endmacro %}

{% macro with_statistics(information_schema) -%}
  {% set query %}
    select
        database_name as table_database, schema_name as table_schema, table_name, 'TABLE' as table_type,
        'said of ' || table_name as table_comment, 'me' as table_owner,
        column_name, column_index, data_type as column_type, comment as column_comment,
        'Columns' as "stats:columns:label", max(column_index) over (partition by schema_name, table_name) as "stats:columns:value",
        'How many' as "stats:columns:description", true as "stats:columns:include",
        'Hidden' as "stats:hidden:label", 1.5 as "stats:hidden:value", 'Not shown' as "stats:hidden:description",
        false as "stats:hidden:include",
        'Text' as "stats:text:label", 'many' as "stats:text:value", 'A text' as "stats:text:description", true as "stats:text:include"
    from duckdb_columns()
    where database_name = '{{ information_schema.database }}'
    order by 1, 2, 3, column_index
  {% endset %}
  {{ return(run_query(query)) }}
{%- endmacro %}
