{# Materialized views of BigQuery, which keeps them fresh by itself unless told otherwise. #}

{% macro _materialized_view_options() -%}
  {%- set options = bigquery__get_common_options(config, model, false) -%}
  {%- set refresh = config.get('enable_refresh') is none or config.get('enable_refresh') -%}
  {%- do options.update({'enable_refresh': refresh}) -%}
  {%- if refresh -%}
    {%- do options.update({'refresh_interval_minutes': config.get('refresh_interval_minutes') or 30}) -%}
    {%- if config.get('max_staleness') -%}
      {%- do options.update({'max_staleness': config.get('max_staleness')}) -%}
    {%- endif -%}
  {%- endif -%}
  {%- if config.get('kms_key_name') -%}
    {%- do options.update({'kms_key_name': "'" ~ config.get('kms_key_name') ~ "'"}) -%}
  {%- endif -%}
  {{ return(options) }}
{%- endmacro %}

{% macro bigquery__get_create_materialized_view_as_sql(relation, sql) -%}
    create materialized view if not exists {{ relation }}
    {{ partition_by(_partition_config()) }}
    {{ cluster_by(config.get('cluster_by')) }}
    {{ bigquery_options(_materialized_view_options()) }}
    as {{ sql }}
{%- endmacro %}

{# `create or replace` takes the place of a materialized view alone; anything else goes first. #}
{% macro bigquery__get_replace_sql(existing_relation, target_relation, sql) -%}
    {%- if not existing_relation.is_materialized_view -%}
      {%- do adapter.drop_relation(existing_relation) -%}
    {%- endif %}
    create or replace materialized view {{ target_relation }}
    {{ partition_by(_partition_config()) }}
    {{ cluster_by(config.get('cluster_by')) }}
    {{ bigquery_options(_materialized_view_options()) }}
    as {{ sql }}
{%- endmacro %}

{% macro bigquery__refresh_materialized_view(relation) -%}
    call bq.refresh_materialized_view('{{ relation.database }}.{{ relation.schema }}.{{ relation.identifier }}')
{%- endmacro %}

{# What differs between the view that is there and the model: none, or `rebuild` where partitions or clusters do. #}
{% macro bigquery__get_materialized_view_configuration_changes(existing_relation, new_config) -%}
  {%- set there = adapter.operation('describe_table', existing_relation) -%}
  {%- set view = there.get('materializedView') or {} -%}
  {%- set wanted = _materialized_view_options() -%}
  {%- set partition = _partition_config() -%}
  {%- set clusters = config.get('cluster_by') or [] -%}
  {%- set clusters = [clusters] if clusters is string else clusters -%}
  {%- set kept_clusters = (there.get('clustering') or {}).get('fields', []) -%}
  {%- if not _partitions_match(there, partition) or kept_clusters | sort != clusters | sort -%}
    {{ return({'rebuild': true}) }}
  {%- endif -%}
  {%- set minutes = (view.get('refreshIntervalMs') or '1800000') | int / 60000 -%}
  {%- set same = view.get('enableRefresh', true) == wanted['enable_refresh']
      and (not wanted['enable_refresh'] or minutes == wanted['refresh_interval_minutes'])
      and (there.get('labels') or {}) == (config.get('labels') or {}) -%}
  {{ return(none if same else {'rebuild': false}) }}
{%- endmacro %}

{% macro bigquery__get_alter_materialized_view_as_sql(
    relation, configuration_changes, sql, existing_relation, backup_relation, intermediate_relation
) -%}
    {%- if configuration_changes['rebuild'] -%}
        {{ get_replace_sql(existing_relation, relation, sql) }}
    {%- else -%}
        alter materialized view {{ relation }} set {{ bigquery_options(_materialized_view_options()) }}
    {%- endif -%}
{%- endmacro %}
