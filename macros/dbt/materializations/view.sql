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

  {%- do drop_relation_if_exists(backup) -%}
  {{ run_hooks(post_hooks, inside_transaction=False) }}

  {{ return({'relations': [target_relation]}) }}

{%- endmaterialization -%}

{# Moves the existing relation to the backup's name and the new one to the target's. A hook may have dropped the
   existing one, so it is looked up again; returns it, or none. #}
{% macro _swap_into_place(existing, intermediate, target, backup) -%}
  {%- set present = none if existing is none else load_cached_relation(existing) -%}
  {%- if present is not none -%}
    {%- do adapter.rename_relation(present, backup) -%}
  {%- endif -%}
  {%- do adapter.rename_relation(intermediate, target) -%}
  {{ return(present) }}
{%- endmacro %}
