{# A materialized view. Databases that have them give the SQL through dispatch; the others refuse there. #}
{%- materialization materialized_view, default -%}

  {%- set existing = load_cached_relation(this) -%}
  {%- set target_relation = this.incorporate(type='materialized_view') -%}

  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}

  {%- if existing is none -%}
    {%- set build = get_create_materialized_view_as_sql(target_relation, sql) -%}
  {%- elif should_full_refresh() or not existing.is_materialized_view -%}
    {%- set build = get_replace_sql(existing, target_relation, sql) -%}
  {%- else -%}
    {%- set build = _materialized_view_change(existing, target_relation) -%}
  {%- endif -%}
  {%- call statement('main') -%}
    {{ build }}
  {%- endcall -%}
  {%- do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(existing, full_refresh_mode=True)) -%}
  {%- do persist_docs(target_relation, model) -%}
  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {%- do adapter.commit() -%}
  {{ run_hooks(post_hooks, inside_transaction=False) }}

  {{ return({'relations': [target_relation]}) }}

{%- endmaterialization -%}

{# What is done with a view that is there: changed as `on_configuration_change` says where its configuration changed,
   else refreshed. #}
{% macro _materialized_view_change(existing, target_relation) -%}
  {%- set changes = get_materialized_view_configuration_changes(existing, config) -%}
  {%- set choice = config.get('on_configuration_change') -%}
  {%- if changes is not none and choice == 'apply' -%}
    {{ return(get_alter_materialized_view_as_sql(target_relation, changes, sql, existing, none, none)) }}
  {%- elif changes is not none and choice == 'fail' -%}
    {%- do exceptions.raise_fail_fast_error(
        'Configuration changes of ' ~ target_relation ~ ' were found, and on_configuration_change is `fail`') -%}
  {%- elif changes is not none -%}
    {%- do exceptions.warn(
        'Configuration changes of ' ~ target_relation ~ ' were not applied: on_configuration_change is `continue`') -%}
  {%- endif -%}
  {{ return(refresh_materialized_view(target_relation)) }}
{%- endmacro %}
