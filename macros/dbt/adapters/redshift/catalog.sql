{# The columns of all relations, for `docs generate`. Redshift's catalog has no word for temporary relations, which lie in
   schemas of their own; columns of late-binding views are told by a function. #}

{% macro redshift__get_catalog(information_schema, schemas) -%}
  {%- set places = [] -%}
  {%- for schema in schemas -%}
    {%- do places.append({'schema': schema, 'identifier': none}) -%}
  {%- endfor -%}
  {{ return(_redshift_catalog(information_schema, places)) }}
{%- endmacro %}

{% macro redshift__get_catalog_relations(information_schema, relations) -%}
  {{ return(_redshift_catalog(information_schema, relations)) }}
{%- endmacro %}

{# Names in lower case, as the catalog has them. #}
{% macro _redshift_places(places, schema, name) -%}
  {%- for place in places -%}
    {{ ' or ' if not loop.first }}(lower({{ schema }}) = lower({{ _postgres_text(place.schema) }})
    {{- ' and lower(' ~ name ~ ') = lower(' ~ _postgres_text(place.identifier) ~ ')' if place.identifier }})
  {%- else -%}
    false
  {%- endfor -%}
{%- endmacro %}

{% macro _redshift_catalog(information_schema, places) -%}
  {%- do _postgres_own_database(information_schema.database) -%}
  {%- set database = _postgres_text(information_schema.database) -%}
  {%- call statement('catalog', fetch_result=True) -%}
    select
        {{ database }}::varchar as table_database,
        pg_namespace.nspname::varchar as table_schema,
        pg_class.relname::varchar as table_name,
        case
            when pg_class.relkind <> 'v' then 'BASE TABLE'
            when pg_get_viewdef(pg_class.oid) ilike '%create materialized view%' then 'MATERIALIZED VIEW'
            else 'VIEW'
        end::varchar as table_type,
        obj_description(pg_class.oid, 'pg_class')::varchar(65535) as table_comment,
        pg_attribute.attname::varchar as column_name,
        pg_attribute.attnum::integer as column_index,
        format_type(pg_attribute.atttypid, pg_attribute.atttypmod)::varchar as column_type,
        col_description(pg_class.oid, pg_attribute.attnum)::varchar(65535) as column_comment,
        pg_get_userbyid(pg_class.relowner)::varchar as table_owner
    from pg_namespace
    join pg_class on pg_class.relnamespace = pg_namespace.oid
    join pg_attribute on pg_attribute.attrelid = pg_class.oid
    where ({{ _redshift_places(places, 'pg_namespace.nspname', 'pg_class.relname') }})
      and pg_class.relkind in ('r', 'v', 'f', 'p', 'm')
      and pg_attribute.attnum > 0
      and not pg_attribute.attisdropped
    union all
    select
        {{ database }}::varchar,
        unbound.view_schema::varchar,
        unbound.view_name::varchar,
        'VIEW'::varchar,
        null::varchar,
        unbound.col_name::varchar,
        unbound.col_num::integer,
        unbound.col_type::varchar,
        null::varchar,
        null::varchar
    from pg_get_late_binding_view_cols()
        unbound(view_schema name, view_name name, col_name name, col_type varchar, col_num int)
    where {{ _redshift_places(places, 'unbound.view_schema', 'unbound.view_name') }}
    order by 2, 3, 7
  {%- endcall -%}
  {{ return(load_result('catalog').table) }}
{%- endmacro %}
