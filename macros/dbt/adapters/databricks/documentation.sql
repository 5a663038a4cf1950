{# Descriptions, and the columns of all relations for `docs generate`. #}

{% macro databricks__alter_relation_comment(relation, relation_comment) -%}
  comment on {{ 'view' if relation.is_view else 'table' }} {{ relation.render() }} is '{{ _text(relation_comment) }}'
{%- endmacro %}

{% macro databricks__alter_column_comment(relation, column_dict) -%}
  {%- if _is_delta() -%}
    {%- for column in column_dict.values() if column['description'] -%}
  alter table {{ relation.render() }} alter column {{ adapter.quote(column['name']) }} comment '{{ _text(column['description']) }}';
    {%- endfor -%}
  {%- endif -%}
{%- endmacro %}

{% macro databricks__get_catalog(information_schema, schemas) -%}
  {%- set conditions = [] -%}
  {%- for schema in schemas -%}
    {%- do conditions.append("table_schema = '" ~ (schema | lower) ~ "'") -%}
  {%- endfor -%}
  {{ return(run_query(_catalog_query(information_schema.database, conditions))) }}
{%- endmacro %}

{% macro databricks__get_catalog_relations(information_schema, relations) -%}
  {%- set conditions = [] -%}
  {%- for relation in relations -%}
    {%- if not relation.schema -%}
      {%- do exceptions.raise_compiler_error('get_catalog_relations needs relations with a schema') -%}
    {%- endif -%}
    {%- set name = " and table_name = '" ~ (relation.identifier | lower) ~ "'" if relation.identifier else '' -%}
    {%- do conditions.append("table_schema = '" ~ (relation.schema | lower) ~ "'" ~ name) -%}
  {%- endfor -%}
  {{ return(run_query(_catalog_query(information_schema.database, conditions))) }}
{%- endmacro %}

{% macro _catalog_query(database, conditions) %}
    with relations as (
        select table_catalog, table_schema, table_name, lower(table_type) as table_type, comment, table_owner, last_altered
        from {{ adapter.quote(database) }}.information_schema.tables
        where ({{ conditions | join(') or (') }})
    ),

    fields as (
        select table_schema, table_name, column_name, ordinal_position, lower(full_data_type) as column_type, comment
        from {{ adapter.quote(database) }}.information_schema.columns
        where ({{ conditions | join(') or (') }})
    )

    select
        relations.table_catalog as table_database,
        relations.table_schema,
        relations.table_name,
        relations.table_type,
        relations.comment as table_comment,
        relations.table_owner,
        'Last Modified' as `stats:last_modified:label`,
        relations.last_altered as `stats:last_modified:value`,
        'When the rows or the columns last changed' as `stats:last_modified:description`,
        (relations.last_altered is not null and relations.table_type not like '%view%') as `stats:last_modified:include`,
        fields.column_name,
        fields.ordinal_position as column_index,
        fields.column_type,
        fields.comment as column_comment
    from relations
    join fields
        on relations.table_schema = fields.table_schema
        and relations.table_name = fields.table_name
    order by fields.ordinal_position
{% endmacro %}
