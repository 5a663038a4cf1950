{# Tables, views and indexes of PostgreSQL. #}

{% macro postgres__create_table_as(temporary, relation, sql) -%}
  {%- set enforced = (config.get('contract') or {}).enforced -%}
  {%- do _postgres_check_name(relation) -%}
  {%- if enforced -%}
    {%- do get_assert_columns_equivalent(sql) -%}
  {%- endif -%}
  {{ config.get('sql_header') or '' }}
  create {{ 'temporary ' if temporary else 'unlogged ' if config.get('unlogged') }}table {{ relation }}
  {%- if enforced and not temporary %}
  {{ get_table_columns_and_constraints() }};
  insert into {{ relation }} ({{ adapter.dispatch('get_column_names', 'dbt')() }})
  (
    {{ get_select_subquery(sql) }}
  );
  {%- else %}
  as (
    {{ sql }}
  );
  {%- endif -%}
{%- endmacro %}

{% macro postgres__create_view_as(relation, sql) -%}
  {%- do _postgres_check_name(relation) -%}
  {{ default__create_view_as(relation, sql) }}
{%- endmacro %}

{# PostgreSQL cuts longer names off in silence, and two of them may then be one. #}
{% macro _postgres_check_name(relation) -%}
  {%- if relation.identifier | length > 63 -%}
    {%- do exceptions.raise_compiler_error(
        "Relation name '" ~ relation.identifier ~ "' is longer than 63 characters") -%}
  {%- endif -%}
{%- endmacro %}

{# A relation beside another, whose name is cut so that the suffix fits; `dstring` adds the time of day to it. #}
{% macro postgres__make_relation_with_suffix(base_relation, suffix, dstring) -%}
  {%- set ending = suffix ~ (modules.datetime.datetime.now().strftime('%H%M%S%f') if dstring else '') -%}
  {%- set longest = 63 -%}
  {%- if ending | length > longest -%}
    {%- do exceptions.raise_compiler_error(
        'The suffix `' ~ ending ~ '` is longer than a name can be: ' ~ longest ~ ' characters') -%}
  {%- endif -%}
  {{ return(base_relation.incorporate(path={'identifier': base_relation.identifier[:longest - (ending | length)] ~ ending})) }}
{%- endmacro %}

{% macro postgres__make_intermediate_relation(base_relation, suffix) -%}
  {{ return(postgres__make_relation_with_suffix(base_relation, suffix, dstring=False)) }}
{%- endmacro %}

{# Temporary tables live in the connection, outside of any schema. #}
{% macro postgres__make_temp_relation(base_relation, suffix) -%}
  {%- set named = postgres__make_relation_with_suffix(base_relation, suffix, dstring=True) -%}
  {{ return(named.incorporate(path={'schema': none, 'database': none})) }}
{%- endmacro %}

{% macro postgres__make_backup_relation(base_relation, backup_relation_type, suffix) -%}
  {%- set named = postgres__make_relation_with_suffix(base_relation, suffix, dstring=False) -%}
  {{ return(named.incorporate(type=backup_relation_type)) }}
{%- endmacro %}

{# `alter table` renames relations of all kinds. #}
{% macro postgres__get_rename_view_sql(relation, new_name) -%}
    alter view {{ relation }} rename to {{ adapter.quote(new_name) }}
{%- endmacro %}

{% macro postgres__get_rename_table_sql(relation, new_name) -%}
    alter table {{ relation }} rename to {{ adapter.quote(new_name) }}
{%- endmacro %}

{% macro postgres__get_rename_materialized_view_sql(relation, new_name) -%}
    alter materialized view {{ relation }} rename to {{ adapter.quote(new_name) }}
{%- endmacro %}

{% macro postgres__drop_view(relation) -%}
    drop view if exists {{ relation }} cascade
{%- endmacro %}

{% macro postgres__drop_table(relation) -%}
    drop table if exists {{ relation }} cascade
{%- endmacro %}

{# For databases that follow PostgreSQL and have this statement; PostgreSQL has not, and nothing here asks for it. #}
{% macro postgres__get_replace_table_sql(relation, sql) -%}
  {%- set enforced = (config.get('contract') or {}).enforced -%}
  {%- if enforced -%}
    {%- do get_assert_columns_equivalent(sql) -%}
  {%- endif -%}
  {{ config.get('sql_header') or '' }}
  create or replace table {{ relation }} {{ get_table_columns_and_constraints() if enforced }} as (
    {{ get_select_subquery(sql) if enforced else sql }}
  );
{%- endmacro %}

{% macro postgres__get_replace_view_sql(relation, sql) -%}
  {%- if (config.get('contract') or {}).enforced -%}
    {%- do get_assert_columns_equivalent(sql) -%}
  {%- endif -%}
  {{ config.get('sql_header') or '' }}
  create or replace view {{ relation }} as (
    {{ sql }}
  );
{%- endmacro %}

{# Indexes. Their names are unique in a schema, and the old table's live until the swap, so the time is part of them. #}

{% macro _postgres_index(index_dict) -%}
  {%- set columns = index_dict['columns'] if index_dict is mapping else none -%}
  {%- if not columns or columns is string -%}
    {%- do exceptions.raise_compiler_error("An entry of `indexes` needs `columns`: a list of column names") -%}
  {%- endif -%}
  {{ return({'columns': columns, 'unique': index_dict.get('unique') or false, 'type': index_dict.get('type')}) }}
{%- endmacro %}

{% macro postgres__get_create_index_sql(relation, index_dict) -%}
  {%- set index = _postgres_index(index_dict) -%}
  {%- set name = local_md5((index.columns | join('_')) ~ '_' ~ relation.render() ~ '_' ~ index.unique ~ '_' ~ index.type
      ~ '_' ~ py_current_timestring()) -%}
  create {{ 'unique ' if index.unique }}index if not exists "{{ name }}" on {{ relation }}
  {%- if index.type %} using {{ index.type }}{% endif %} ({{ index.columns | join(', ') }})
{%- endmacro %}

{% macro postgres__get_show_indexes_sql(relation) %}
    select
        index_class.relname as name,
        pg_am.amname as method,
        pg_index.indisunique as "unique",
        string_agg(pg_attribute.attname, ',' order by array_position(pg_index.indkey::int2[], pg_attribute.attnum)) as column_names
    from pg_index
    join pg_class as index_class on index_class.oid = pg_index.indexrelid
    join pg_am on pg_am.oid = index_class.relam
    join pg_class as table_class on table_class.oid = pg_index.indrelid
    join pg_namespace on pg_namespace.oid = table_class.relnamespace
    join pg_attribute on pg_attribute.attrelid = table_class.oid and pg_attribute.attnum = any(pg_index.indkey)
    where table_class.relname = {{ _postgres_text(relation.identifier) }}
      and pg_namespace.nspname = {{ _postgres_text(relation.schema) }}
      and table_class.relkind in ('r', 'm')
    group by 1, 2, 3
    order by 1
{% endmacro %}

{% macro postgres__get_drop_index_sql(relation, index_name) -%}
    drop index if exists {{ adapter.quote(relation.schema) }}.{{ adapter.quote(index_name) }}
{%- endmacro %}

{# A name as a literal. #}
{% macro _postgres_text(name) -%}
  '{{ name | replace("'", "''") }}'
{%- endmacro %}
