{# An incremental table: built whole where it is not there, is a view, or a full refresh is asked for; else the delta
   is staged and brought in by the model's strategy. #}
{%- materialization incremental, default -%}

  {%- set existing = load_cached_relation(this) -%}
  {%- set target_relation = this.incorporate(type='table') -%}
  {%- set staged = make_temp_relation(target_relation) -%}
  {%- set intermediate = make_intermediate_relation(target_relation) -%}
  {%- set backup = make_backup_relation(target_relation, 'table' if existing is none else existing.type) -%}
  {%- set whole = existing is none or existing.is_view or should_full_refresh() -%}
  {%- set on_schema_change = incremental_validate_on_schema_change(config.get('on_schema_change'), default='ignore') -%}
  {%- set grants = config.get('grants') -%}

  {%- do drop_relation_if_exists(load_cached_relation(intermediate)) -%}
  {%- do drop_relation_if_exists(load_cached_relation(backup)) -%}
  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}

  {#- An unknown strategy is an error of the first run too. -#}
  {%- set strategy = adapter.get_incremental_strategy_macro(context, config.get('incremental_strategy') or 'default') -%}
  {%- set beside = whole and existing is not none -%}
  {%- if whole -%}
    {%- set build = get_create_table_as_sql(False, intermediate if beside else target_relation, sql) -%}
  {%- else -%}
    {%- do run_query(get_create_table_as_sql(True, staged, sql)) -%}
    {%- do _check_keys(staged, existing, config.get('unique_key'), config.get('incremental_strategy') or 'default') -%}
    {%- if not (config.get('contract') or {}).enforced -%}
      {%- do adapter.expand_target_column_types(from_relation=staged, to_relation=target_relation) -%}
    {%- endif -%}
    {%- set columns = process_schema_changes(on_schema_change, staged, existing)
        or adapter.get_columns_in_relation(existing) -%}
    {%- set build = strategy({
      'target_relation': target_relation,
      'temp_relation': staged,
      'unique_key': config.get('unique_key'),
      'dest_columns': columns,
      'incremental_predicates': config.get('predicates') or config.get('incremental_predicates')
    }) -%}
  {%- endif -%}

  {%- call statement('main') -%}
    {{ build }}
  {%- endcall -%}
  {%- if whole -%}
    {%- do create_indexes(intermediate if beside else target_relation) -%}
  {%- endif -%}
  {%- if beside -%}
    {%- do adapter.rename_relation(existing, backup) -%}
    {%- do adapter.rename_relation(intermediate, target_relation) -%}
  {%- endif -%}

  {%- do apply_grants(target_relation, grants, should_revoke=should_revoke(existing, full_refresh_mode=whole)) -%}
  {%- do persist_docs(target_relation, model) -%}
  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {%- do adapter.commit() -%}

  {%- if beside -%}
    {%- do adapter.drop_relation(backup) -%}
  {%- elif not whole -%}
    {%- do adapter.drop_relation(staged) -%}
  {%- endif -%}
  {{ run_hooks(post_hooks, inside_transaction=False) }}

  {{ return({'relations': [target_relation]}) }}

{%- endmaterialization -%}
