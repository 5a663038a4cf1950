{# A view: built beside, swapped in by renaming, in one transaction. What an interrupted run left is dropped first. #}
{%- materialization view, default -%}

  {%- set existing = load_cached_relation(this) -%}
  {%- set target_relation = this.incorporate(type='view') -%}
  {%- set intermediate = make_intermediate_relation(target_relation) -%}
  {%- set backup = make_backup_relation(target_relation, 'view' if existing is none else existing.type) -%}
  {%- set leftover = load_cached_relation(intermediate) -%}
  {%- set old_leftover = load_cached_relation(backup) -%}
  {%- set grants = config.get('grants') -%}

  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {%- do drop_relation_if_exists(leftover) -%}
  {%- do drop_relation_if_exists(old_leftover) -%}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}

  {%- call statement('main') -%}
    {{ get_create_view_as_sql(intermediate, sql) }}
  {%- endcall -%}
  {%- set existing = _swap_into_place(existing, intermediate, target_relation, backup) -%}

  {%- do apply_grants(target_relation, grants, should_revoke=should_revoke(existing, full_refresh_mode=True)) -%}
  {%- do persist_docs(target_relation, model) -%}
  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {%- do adapter.commit() -%}

  {%- do drop_relation_if_exists(load_cached_relation(backup)) -%}
  {{ run_hooks(post_hooks, inside_transaction=False) }}

  {{ return({'relations': [target_relation]}) }}

{%- endmaterialization -%}

{# Puts a built relation in the place of the existing one, within the open transaction. A hook may have dropped the
   existing one, so it is looked up again; returns it, or none. What is kept under the backup's name is dropped after
   the commit. #}
{% macro _swap_into_place(existing, built, target, backup) -%}
  {%- set present = none if existing is none else load_cached_relation(existing) -%}
  {%- do adapter.dispatch('replace_existing', 'dbt')(present, built, target, backup) -%}
  {{ return(present) }}
{%- endmacro %}

{% macro default__replace_existing(existing, built, target, backup) -%}
  {%- if existing is not none -%}
    {%- do adapter.rename_relation(existing, backup) -%}
  {%- endif -%}
  {%- do adapter.rename_relation(built, target) -%}
{%- endmacro %}
