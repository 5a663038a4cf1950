{# Snapshots: the changes are a view beside the snapshot, which the merge reads and which is dropped afterwards. #}

{% macro databricks__snapshot_hash_arguments(args) -%}
  {%- set parts = [] -%}
  {%- for arg in args -%}
    {%- do parts.append("coalesce(cast(" ~ arg ~ " as string), '')") -%}
  {%- endfor -%}
  md5({{ parts | join(" || '|' || ") }})
{%- endmacro %}

{% macro databricks__snapshot_string_as_time(timestamp) -%}
  {{ return("to_timestamp('" ~ timestamp ~ "')") }}
{%- endmacro %}

{# The staged changes are looked at more than once, so their time must stay what it was: they are a table. #}
{% macro build_snapshot_staging_table(strategy, sql, target_relation) -%}
  {%- set staged = make_temp_relation(target_relation).incorporate(type='table') -%}
  {%- call statement('build_snapshot_staging_relation') -%}
    {{ create_table_as(True, staged, snapshot_staging_table(strategy, sql, target_relation)) }}
  {%- endcall -%}
  {{ return(staged) }}
{%- endmacro %}

{% macro databricks__post_snapshot(staging_relation) -%}
  {%- do adapter.drop_relation(staging_relation) -%}
{%- endmacro %}
