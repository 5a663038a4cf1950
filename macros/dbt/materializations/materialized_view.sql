{# A materialized view. Databases that have them give the SQL through dispatch; the others refuse there. Each step is a macro
   of its own, so that a project can replace it. #}
{%- materialization materialized_view, default -%}

  {%- set existing = load_cached_relation(this) -%}
  {%- set target_relation = this.incorporate(type=this.MaterializedView) -%}
  {%- set intermediate = make_intermediate_relation(target_relation) -%}
  {%- set backup = make_backup_relation(
      target_relation, target_relation.MaterializedView if existing is none else existing.type) -%}

  {{ materialized_view_setup(backup, intermediate, pre_hooks) }}
  {%- set build = materialized_view_get_build_sql(existing, target_relation, backup, intermediate) -%}
  {%- if build == '' -%}
    {{ materialized_view_execute_no_op(target_relation) }}
  {%- else -%}
    {{ materialized_view_execute_build_sql(build, existing, target_relation, post_hooks) }}
  {%- endif -%}
  {{ materialized_view_teardown(backup, intermediate, post_hooks) }}

  {{ return({'relations': [target_relation]}) }}

{%- endmaterialization -%}

{# Drops what an interrupted run left beside the view, and runs the hooks before the transaction. #}
{% macro materialized_view_setup(backup_relation, intermediate_relation, pre_hooks) -%}
  {%- do drop_relation_if_exists(load_cached_relation(backup_relation)) -%}
  {%- do drop_relation_if_exists(load_cached_relation(intermediate_relation)) -%}
  {{ run_hooks(pre_hooks, inside_transaction=False) }}
{%- endmacro %}

{# Drops what the build put beside the view, and runs the hooks after the transaction. What never was beside it is not
   asked for. #}
{% macro materialized_view_teardown(backup_relation, intermediate_relation, post_hooks) -%}
  {%- do drop_relation_if_exists(load_cached_relation(backup_relation)) -%}
  {%- do drop_relation_if_exists(load_cached_relation(intermediate_relation)) -%}
  {{ run_hooks(post_hooks, inside_transaction=False) }}
{%- endmacro %}

{# The statement: create, replace, change as `on_configuration_change` says, or refresh; empty where nothing is done. #}
{% macro materialized_view_get_build_sql(existing_relation, target_relation, backup_relation, intermediate_relation) -%}
  {%- if existing_relation is none -%}
    {{ return(get_create_materialized_view_as_sql(target_relation, sql)) }}
  {%- elif should_full_refresh() or not existing_relation.is_materialized_view -%}
    {{ return(get_replace_sql(existing_relation, target_relation, sql)) }}
  {%- endif -%}
  {%- set choice = config.get('on_configuration_change') -%}
  {%- set changes = get_materialized_view_configuration_changes(existing_relation, config) -%}
  {%- if changes is none -%}
    {{ return(refresh_materialized_view(target_relation)) }}
  {%- elif choice == 'apply' -%}
    {{ return(get_alter_materialized_view_as_sql(
        target_relation, changes, sql, existing_relation, backup_relation, intermediate_relation)) }}
  {%- elif choice == 'continue' -%}
    {%- do exceptions.warn(
        'Configuration changes of ' ~ target_relation.render() ~ ' were not applied: on_configuration_change is `continue`') -%}
    {{ return('') }}
  {%- elif choice == 'fail' -%}
    {%- do exceptions.raise_fail_fast_error(
        'Configuration changes of ' ~ target_relation.render() ~ ' were found, and on_configuration_change is `fail`') -%}
  {%- else -%}
    {%- do exceptions.raise_compiler_error(
        '`on_configuration_change` can be `apply`, `continue` or `fail`, not `' ~ choice ~ '`') -%}
  {%- endif -%}
{%- endmacro %}

{# The result of a view that was left as it is. #}
{% macro materialized_view_execute_no_op(target_relation) -%}
  {%- do store_raw_result(name='main', message='skip ' ~ target_relation, code='skip', rows_affected='-1') -%}
{%- endmacro %}

{# Runs the statement with the hooks of the transaction around it, then grants and comments. #}
{% macro materialized_view_execute_build_sql(build_sql, existing_relation, target_relation, post_hooks) -%}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}
  {%- call statement('main') -%}
    {{ build_sql }}
  {%- endcall -%}
  {%- do apply_grants(
      target_relation, config.get('grants'), should_revoke=should_revoke(existing_relation, full_refresh_mode=True)) -%}
  {%- do persist_docs(target_relation, model) -%}
  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {%- do adapter.commit() -%}
{%- endmacro %}
