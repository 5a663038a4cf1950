{# Snapshots: BigQuery's hash, and staging tables that must be dropped. #}

{% macro bigquery__snapshot_hash_arguments(args) -%}
  {%- set parts = [] -%}
  {%- for arg in args -%}
    {%- do parts.append("coalesce(cast(" ~ arg ~ " as string), '')") -%}
  {%- endfor -%}
  to_hex(md5(concat({{ parts | join(", '|',") }})))
{%- endmacro %}

{% macro bigquery__create_columns(relation, columns) -%}
  {%- do bigquery__alter_relation_add_remove_columns(relation, columns, none) -%}
{%- endmacro %}

{% macro bigquery__post_snapshot(staging_relation) -%}
  {%- do adapter.drop_relation(staging_relation) -%}
{%- endmacro %}
