{# Incremental strategies and snapshots. #}

{# Rows with a known key are replaced; without a key all are added. #}
{% macro postgres__get_incremental_default_sql(arg_dict) -%}
  {%- if arg_dict['unique_key'] -%}
    {{ return(get_incremental_delete_insert_sql(arg_dict)) }}
  {%- endif -%}
  {{ return(get_incremental_append_sql(arg_dict)) }}
{%- endmacro %}

{% macro postgres__get_incremental_microbatch_sql(arg_dict) -%}
  {%- if not arg_dict['unique_key'] -%}
    {%- do exceptions.raise_compiler_error("dbt-postgres 'microbatch' requires a `unique_key` config") -%}
  {%- endif -%}
  {#- Not every strategy of this name looks at keys; this one merges by them. -#}
  {%- do _check_keys(arg_dict['temp_relation'], arg_dict['target_relation'], arg_dict['unique_key'], 'merge') -%}
  {{ return(adapter.dispatch('get_incremental_merge_sql', 'dbt')(arg_dict)) }}
{%- endmacro %}

{# By an update and an insert. An update of PostgreSQL takes no alias with the columns that it sets. #}
{% macro postgres__snapshot_merge_sql(target, source, insert_cols) -%}
    {%- set names = config.get('snapshot_table_column_names') or get_snapshot_table_column_names() -%}
    {%- set current = config.get('dbt_valid_to_current') -%}
    {%- set end = target ~ '.' ~ names.dbt_valid_to %}
    update {{ target }}
    set {{ names.dbt_valid_to }} = DBT_INTERNAL_SOURCE.{{ names.dbt_valid_to }}
    from {{ source }} as DBT_INTERNAL_SOURCE
    where DBT_INTERNAL_SOURCE.{{ names.dbt_scd_id }}::text = {{ target }}.{{ names.dbt_scd_id }}::text
      and DBT_INTERNAL_SOURCE.dbt_change_type::text in ('update', 'delete')
      and ({{ end ~ ' = ' ~ current ~ ' or ' if current }}{{ end }} is null);

    insert into {{ target }} ({{ insert_cols | join(', ') }})
    select DBT_INTERNAL_SOURCE.{{ insert_cols | join(', DBT_INTERNAL_SOURCE.') }}
    from {{ source }} as DBT_INTERNAL_SOURCE
    where DBT_INTERNAL_SOURCE.dbt_change_type::text = 'insert';
{%- endmacro %}

{% macro postgres__post_snapshot(staging_relation) -%}
    {%- do adapter.drop_relation(staging_relation) -%}
{%- endmacro %}

{# Names that the seed does not quote are folded by the database, and the rows come for those. #}
{% macro postgres__load_csv_rows(model, agate_table) -%}
    {%- set names = [] -%}
    {%- for name in agate_table.column_names -%}
        {%- do names.append(name | lower if model['config'].get('quote_columns') is false else name) -%}
    {%- endfor -%}
    {{ return(_load_seed_file(model, agate_table, names)) }}
{%- endmacro %}

{# A function's arguments may have defaults. #}
{% macro postgres__formatted_scalar_function_args_sql() -%}
    {%- set args = [] -%}
    {%- for argument in model.arguments -%}
        {%- set default = argument.get('default_value') -%}
        {%- do args.append(argument.name ~ ' ' ~ argument.data_type ~ (' default ' ~ default if default is not none else '')) -%}
    {%- endfor -%}
    {{ args | join(', ') }}
{%- endmacro %}
