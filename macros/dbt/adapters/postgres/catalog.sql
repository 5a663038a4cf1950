{# The columns of all relations, for `docs generate`. #}

{% macro postgres__get_catalog(information_schema, schemas) -%}
  {%- set conditions = [] -%}
  {%- for schema in schemas -%}
    {%- do conditions.append('lower(pg_namespace.nspname) = lower(' ~ _postgres_text(schema) ~ ')') -%}
  {%- endfor -%}
  {{ return(_postgres_catalog(information_schema, conditions)) }}
{%- endmacro %}

{% macro postgres__get_catalog_relations(information_schema, relations) -%}
  {%- set conditions = [] -%}
  {%- for relation in relations -%}
    {%- set schema = 'lower(pg_namespace.nspname) = lower(' ~ _postgres_text(relation.schema) ~ ')' -%}
    {%- set name = ' and lower(pg_class.relname) = lower(' ~ _postgres_text(relation.identifier) ~ ')' if relation.identifier else '' -%}
    {%- do conditions.append('(' ~ schema ~ name ~ ')') -%}
  {%- endfor -%}
  {{ return(_postgres_catalog(information_schema, conditions)) }}
{%- endmacro %}

{% macro _postgres_catalog(information_schema, conditions) -%}
  {%- do _postgres_own_database(information_schema.database) -%}
  {%- call statement('catalog', fetch_result=True) -%}
    select
        {{ _postgres_text(information_schema.database) }} as table_database,
        pg_namespace.nspname as table_schema,
        pg_class.relname as table_name,
        case pg_class.relkind when 'v' then 'VIEW' when 'm' then 'MATERIALIZED VIEW' else 'BASE TABLE' end as table_type,
        obj_description(pg_class.oid, 'pg_class') as table_comment,
        pg_attribute.attname as column_name,
        pg_attribute.attnum as column_index,
        format_type(pg_attribute.atttypid, pg_attribute.atttypmod) as column_type,
        col_description(pg_class.oid, pg_attribute.attnum) as column_comment,
        pg_get_userbyid(pg_class.relowner) as table_owner
    from pg_namespace
    join pg_class on pg_class.relnamespace = pg_namespace.oid
    join pg_attribute on pg_attribute.attrelid = pg_class.oid
    where ({{ conditions | join(' or ') if conditions else 'false' }})
      and pg_class.relpersistence in ('p', 'u')
      and pg_class.relkind in ('r', 'v', 'f', 'p', 'm')
      and pg_attribute.attnum > 0
      and not pg_attribute.attisdropped
    order by 2, 3, 7
  {%- endcall -%}
  {{ return(load_result('catalog').table) }}
{%- endmacro %}
