{# Materialized views, and tables that are filled from streams: both are kept by the warehouse and refreshed. #}

{% macro databricks__get_create_materialized_view_as_sql(relation, sql) -%}
  create or replace materialized view {{ relation.render() }}
  {{- partition_cols('partitioned by') }}
  {{- liquid_clustered_cols() }}
  {{- comment_clause() }}
  {{- tblproperties_clause() }}
  {{- _schedule() }}
  as
  {{ sql }}
{%- endmacro %}

{# `schedule: {cron: …, time_zone_value: …}` or `{every: 4 hours}`. #}
{% macro _schedule() -%}
  {%- set given = config.get('schedule') or {} -%}
  {%- if given.get('cron') %}
  schedule cron '{{ _text(given.cron) }}'{{ " at time zone '" ~ _text(given.time_zone_value) ~ "'" if given.get('time_zone_value') }}
  {%- elif given.get('every') %}
  schedule every {{ given.every }}
  {%- endif -%}
{%- endmacro %}

{% macro databricks__get_replace_materialized_view_sql(relation, sql) -%}
  {{ databricks__get_create_materialized_view_as_sql(relation, sql) }}
{%- endmacro %}

{% macro databricks__refresh_materialized_view(relation) -%}
  refresh materialized view {{ relation.render() }}
{%- endmacro %}

{# A definition is not compared with the one before: what is there is refreshed, `--full-refresh` makes it anew. #}
{% macro databricks__get_materialized_view_configuration_changes(existing_relation, new_config) -%}
  {{ return(none) }}
{%- endmacro %}

{# `create or replace` replaces a view of this kind; another relation of the name goes first. #}
{% macro databricks__get_replace_sql(existing_relation, target_relation, sql) -%}
  {%- if target_relation.is_materialized_view -%}
    {%- if not existing_relation.is_materialized_view %}
  {{ get_drop_sql(existing_relation) }};
    {%- endif %}
  {{ databricks__get_create_materialized_view_as_sql(target_relation, sql) }}
  {%- elif target_relation.is_view -%}
    {%- if not existing_relation.is_view %}
  {{ get_drop_sql(existing_relation) }};
    {%- endif %}
  {{ get_create_view_as_sql(target_relation, sql) }}
  {%- else -%}
    {%- if not existing_relation.is_table %}
  {{ get_drop_sql(existing_relation) }};
    {%- endif %}
  {{ get_create_table_as_sql(False, target_relation, sql) }}
  {%- endif -%}
{%- endmacro %}

{%- materialization streaming_table, adapter='databricks' -%}

  {%- set existing = load_cached_relation(this) -%}
  {%- set target_relation = this.incorporate(type='table') -%}
  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}

  {%- if existing is not none and not existing.is_table -%}
    {%- do adapter.drop_relation(existing) -%}
  {%- endif -%}
  {%- call statement('main') -%}
    {%- if existing is none or not existing.is_table or should_full_refresh() -%}
      create or refresh streaming table {{ target_relation.render() }}
      {{- partition_cols('partitioned by') }}
      {{- liquid_clustered_cols() }}
      {{- comment_clause() }}
      {{- tblproperties_clause() }}
      {{- _schedule() }}
      as
      {{ sql }}
    {%- else -%}
      refresh streaming table {{ target_relation.render() }}
    {%- endif -%}
  {%- endcall -%}
  {%- do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(existing, full_refresh_mode=True)) -%}
  {%- do persist_docs(target_relation, model, for_relation=false) -%}

  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {{ run_hooks(post_hooks, inside_transaction=False) }}
  {{ return({'relations': [target_relation]}) }}

{%- endmaterialization -%}
