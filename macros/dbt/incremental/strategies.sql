{# The SQL of incremental strategies. Each takes a dictionary: target_relation, temp_relation, unique_key,
   dest_columns, incremental_predicates. Projects override them by name and add their own, get_incremental_<name>_sql. #}

{% macro get_incremental_default_sql(arg_dict) -%}
  {{ return(adapter.dispatch('get_incremental_default_sql', 'dbt')(arg_dict)) }}
{%- endmacro %}

{% macro default__get_incremental_default_sql(arg_dict) -%}
  {{ return(get_incremental_append_sql(arg_dict)) }}
{%- endmacro %}

{# Adds the new rows. #}
{% macro get_incremental_append_sql(arg_dict) -%}
  {{ return(adapter.dispatch('get_incremental_append_sql', 'dbt')(arg_dict)) }}
{%- endmacro %}

{% macro default__get_incremental_append_sql(arg_dict) -%}
  {{ return(get_insert_into_sql(arg_dict["target_relation"], arg_dict["temp_relation"], arg_dict["dest_columns"])) }}
{%- endmacro %}

{# Deletes the rows that have a new version, then adds the new rows. #}
{% macro get_incremental_delete_insert_sql(arg_dict) -%}
  {{ return(adapter.dispatch('get_incremental_delete_insert_sql', 'dbt')(arg_dict)) }}
{%- endmacro %}

{% macro default__get_incremental_delete_insert_sql(arg_dict) -%}
  {{ return(get_delete_insert_merge_sql(
    arg_dict["target_relation"], arg_dict["temp_relation"], arg_dict["unique_key"],
    arg_dict["dest_columns"], arg_dict["incremental_predicates"]
  )) }}
{%- endmacro %}

{# Updates the rows that have a new version, adds the rest. #}
{% macro get_incremental_merge_sql(arg_dict) -%}
  {{ return(adapter.dispatch('get_incremental_merge_sql', 'dbt')(arg_dict)) }}
{%- endmacro %}

{% macro default__get_incremental_merge_sql(arg_dict) -%}
  {{ return(get_merge_sql(
    arg_dict["target_relation"], arg_dict["temp_relation"], arg_dict["unique_key"],
    arg_dict["dest_columns"], arg_dict["incremental_predicates"]
  )) }}
{%- endmacro %}

{# Replaces all rows, or those that fit the predicates. #}
{% macro get_incremental_insert_overwrite_sql(arg_dict) -%}
  {{ return(adapter.dispatch('get_incremental_insert_overwrite_sql', 'dbt')(arg_dict)) }}
{%- endmacro %}

{% macro default__get_incremental_insert_overwrite_sql(arg_dict) -%}
  {{ return(get_insert_overwrite_merge_sql(
    arg_dict["target_relation"], arg_dict["temp_relation"],
    arg_dict["dest_columns"], arg_dict["incremental_predicates"]
  )) }}
{%- endmacro %}

{# Replaces the rows of one stretch of time. #}
{% macro get_incremental_microbatch_sql(arg_dict) -%}
  {{ return(adapter.dispatch('get_incremental_microbatch_sql', 'dbt')(arg_dict)) }}
{%- endmacro %}

{% macro default__get_incremental_microbatch_sql(arg_dict) -%}
  {%- do exceptions.raise_not_implemented('The strategy microbatch has no implementation for ' ~ adapter.type()) -%}
{%- endmacro %}

{% macro get_insert_into_sql(target_relation, temp_relation, dest_columns) %}
    {%- set names = get_quoted_csv(dest_columns | map(attribute="name")) -%}
    insert into {{ target_relation }} ({{ names }})
    (
        select {{ names }}
        from {{ temp_relation }}
    )

{% endmacro %}
