{# Incremental tables: the new rows are a view beside the table, which the strategy's statement reads. #}

{%- materialization incremental, adapter='databricks' -%}

  {%- set existing = load_cached_relation(this) -%}
  {%- set target_relation = this.incorporate(type='table') -%}
  {%- set whole = existing is none or not existing.is_table or should_full_refresh() -%}
  {%- set strategy_name = config.get('incremental_strategy') or 'default' -%}
  {%- set on_schema_change = incremental_validate_on_schema_change(config.get('on_schema_change'), default='ignore') -%}

  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}

  {#- An unknown strategy is an error of the first run too. -#}
  {%- set strategy = adapter.get_incremental_strategy_macro(context, strategy_name) -%}
  {%- if strategy_name not in ['append', 'insert_overwrite'] and not _is_delta() -%}
    {%- do exceptions.raise_compiler_error(
        'The strategy `' ~ strategy_name ~ '` changes single rows, which only the format delta can') -%}
  {%- endif -%}
  {%- if whole -%}
    {%- do _make_way(existing, 'table') -%}
    {%- call statement('main') -%}
      {{ create_table_as(False, target_relation, compiled_code) }}
    {%- endcall -%}
    {%- do _finish_table(target_relation) -%}
  {%- else -%}
    {%- set staged = make_temp_relation(target_relation) -%}
    {%- call statement('create_temp_relation') -%}
      {{ create_table_as(True, staged, compiled_code) }}
    {%- endcall -%}
    {#- The view runs the model's query once more for its keys, so they are looked at where that can be an error. -#}
    {%- set key_strategy = 'merge' if strategy_name == 'default' else strategy_name -%}
    {%- if _refuses_keys(config.get('unique_key'), key_strategy) -%}
      {%- do _check_keys(staged, existing, config.get('unique_key'), key_strategy) -%}
    {%- endif -%}
    {%- set changed = process_schema_changes(on_schema_change, staged, existing) -%}
    {%- call statement('main') -%}
      {{ strategy({
        'target_relation': target_relation,
        'temp_relation': staged,
        'unique_key': config.get('unique_key'),
        'dest_columns': changed or adapter.get_columns_in_relation(existing),
        'incremental_predicates': config.get('predicates') or config.get('incremental_predicates')
      }) }}
    {%- endcall -%}
    {%- do adapter.drop_relation(staged) -%}
    {%- if config.get('tblproperties') and config.get('incremental_apply_config_changes', true) -%}
      {%- call statement('set_tblproperties') -%}
        alter table {{ target_relation.render() }} set {{ tblproperties_clause() }}
      {%- endcall -%}
    {%- endif -%}
    {%- do apply_tags(target_relation) -%}
    {%- do persist_docs(target_relation, model) -%}
  {%- endif -%}

  {%- set was_table = existing is not none and existing.is_table -%}
  {%- do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(was_table, full_refresh_mode=whole)) -%}
  {%- do optimize(target_relation) -%}
  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {{ run_hooks(post_hooks, inside_transaction=False) }}
  {{ return({'relations': [target_relation]}) }}

{%- endmaterialization -%}

{% macro databricks__get_incremental_default_sql(arg_dict) -%}
  {{ return(get_incremental_merge_sql(arg_dict)) }}
{%- endmacro %}

{# Keys are compared by `<=>`. #}
{% macro databricks__null_key_effect() -%}
  {{ return('which matches every other null: rows that have nothing to do with each other become one') }}
{%- endmacro %}

{# The columns that both sides have, in the table's order, quoted. #}
{% macro _common_columns(target, source) -%}
  {%- set there = [] -%}
  {%- for column in adapter.get_columns_in_relation(source) -%}
    {%- do there.append(column.name | lower) -%}
  {%- endfor -%}
  {%- set names = [] -%}
  {%- for column in adapter.get_columns_in_relation(target) if (column.name | lower) in there -%}
    {%- do names.append(adapter.quote(column.name)) -%}
  {%- endfor -%}
  {{ return(names) }}
{%- endmacro %}

{% macro databricks__get_incremental_append_sql(arg_dict) -%}
  {%- set target, source = arg_dict['target_relation'], arg_dict['temp_relation'] -%}
  {%- set names = _common_columns(target, source) | join(', ') -%}
  insert into {{ target.render() }} ({{ names }})
  select {{ names }} from {{ source.render() }}
{%- endmacro %}

{# Replaces whole partitions, or all rows of a table without any. #}
{% macro databricks__get_incremental_insert_overwrite_sql(arg_dict) -%}
  {%- set target, source = arg_dict['target_relation'], arg_dict['temp_relation'] -%}
  insert overwrite table {{ target.render() }}
  {{- partition_cols('partition') }}
  select {{ _common_columns(target, source) | join(', ') }} from {{ source.render() }}
{%- endmacro %}

{% macro get_incremental_replace_where_sql(arg_dict) -%}
  {{ return(adapter.dispatch('get_incremental_replace_where_sql', 'dbt')(arg_dict)) }}
{%- endmacro %}

{# Replaces the rows that fit the predicates, in one statement. #}
{% macro databricks__get_incremental_replace_where_sql(arg_dict) -%}
  {%- set target, source = arg_dict['target_relation'], arg_dict['temp_relation'] -%}
  {%- set predicates = _as_list(arg_dict['incremental_predicates']) -%}
  {#- Columns are matched by place, so the source is brought into the table's order. -#}
  insert into {{ target.render() }}
  {{- ' replace where ' ~ (predicates | join(' and ')) if predicates }}
  select {{ _common_columns(target, source) | join(', ') }} from {{ source.render() }}
{%- endmacro %}

{# Replaces all rows of the keys that come: deletes them, then adds the new rows. #}
{% macro databricks__get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) -%}
  {%- set names = _common_columns(target, source) | join(', ') -%}
  {%- set predicates = _as_list(incremental_predicates) -%}
  {%- set keys = _as_list(unique_key) -%}
  {%- if not keys -%}
    {%- do exceptions.raise_compiler_error('The strategy `delete+insert` needs a `unique_key`') -%}
  {%- endif -%}
  {%- set matches = [] -%}
  {%- for key in keys -%}
    {%- do matches.append('dbt_new.' ~ adapter.quote(key) ~ ' <=> dbt_old.' ~ adapter.quote(key)) -%}
  {%- endfor -%}
  delete from {{ target.render() }} as dbt_old
  where exists (select 1 from {{ source.render() }} as dbt_new where {{ matches | join(' and ') }})
  {%- for predicate in predicates %}
    and {{ predicate }}
  {%- endfor %};
  insert into {{ target.render() }} ({{ names }})
  select {{ names }} from {{ source.render() }}
  {{- ' where ' ~ (predicates | join(' and ')) if predicates }}
{%- endmacro %}

{# Replaces the batch's stretch of time. #}
{% macro databricks__get_incremental_microbatch_sql(arg_dict) -%}
  {%- set predicates = [] + _as_list(arg_dict.get('incremental_predicates')) -%}
  {%- for sign, bound in [('>=', model.config.__dbt_internal_microbatch_event_time_start), ('<', model.config.__dbt_internal_microbatch_event_time_end)] if bound -%}
    {%- do predicates.append('cast(' ~ model.config.event_time ~ ' as timestamp) ' ~ sign ~ " '" ~ bound ~ "'") -%}
  {%- endfor -%}
  {{ return(databricks__get_incremental_replace_where_sql({
      'target_relation': arg_dict['target_relation'],
      'temp_relation': arg_dict['temp_relation'],
      'incremental_predicates': predicates})) }}
{%- endmacro %}

{# A merge with all that the configs of dbt-databricks say of its clauses. Keys match with nulls. #}
{% macro databricks__get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates=none) -%}
  {%- set into = config.get('target_alias') or 'DBT_INTERNAL_DEST' -%}
  {%- set from = config.get('source_alias') or 'DBT_INTERNAL_SOURCE' -%}
  {%- set conditions = [] + _as_list(incremental_predicates) -%}
  {%- for key in _as_list(unique_key) -%}
    {%- do conditions.append(from ~ '.' ~ adapter.quote(key) ~ ' <=> ' ~ into ~ '.' ~ adapter.quote(key)) -%}
  {%- endfor -%}
  {%- if not unique_key -%}
    {%- do conditions.append('FALSE') -%}
  {%- endif -%}
  {%- set updated = get_merge_update_columns(
      config.get('merge_update_columns'), config.get('merge_exclude_columns'), dest_columns) -%}
  {%- set names = [] -%}
  {%- if (config.get('on_schema_change') or 'ignore') != 'ignore' -%}
    {%- for column in adapter.get_columns_in_relation(source) -%}
      {%- do names.append(adapter.quote(column.name)) -%}
    {%- endfor -%}
  {%- endif -%}
  {%- set action = config.get('not_matched_by_source_action') -%}
  {{ config.get('sql_header') or '' }}
  merge {{ 'with schema evolution ' if config.get('merge_with_schema_evolution') }}into {{ target.render() }} as {{ into }}
  using {{ source.render() }} as {{ from }}
  on {{ conditions | join(' and ') }}
  {%- if not config.get('skip_matched_step') %}
  when matched {{ 'and (' ~ config.get('matched_condition') ~ ') ' if config.get('matched_condition') }}then update set {{ _merge_update(updated or names, from) }}
  {%- endif %}
  {%- if not config.get('skip_not_matched_step') %}
  when not matched {{ 'and (' ~ config.get('not_matched_condition') ~ ') ' if config.get('not_matched_condition') }}then insert {{ _merge_insert(names, from) }}
  {%- endif %}
  {%- if action %}
  when not matched by source {{ 'and (' ~ config.get('not_matched_by_source_condition') ~ ') ' if config.get('not_matched_by_source_condition') }}then {{ action }}
  {%- endif %}
{%- endmacro %}

{% macro _merge_update(names, source) -%}
  {%- set parts = [] -%}
  {%- for name in names -%}
    {%- do parts.append(name ~ ' = ' ~ source ~ '.' ~ name) -%}
  {%- endfor -%}
  {{ return(parts | join(', ') or '*') }}
{%- endmacro %}

{% macro _merge_insert(names, source) -%}
  {{ return('(' ~ (names | join(', ')) ~ ') values (' ~ source ~ '.' ~ (names | join(', ' ~ source ~ '.')) ~ ')' if names else '*') }}
{%- endmacro %}

{# The columns to update, quoted; none where all are. #}
{% macro databricks__get_merge_update_columns(merge_update_columns, merge_exclude_columns, dest_columns) -%}
  {%- if merge_update_columns and merge_exclude_columns -%}
    {%- do exceptions.raise_compiler_error('A model may set merge_update_columns or merge_exclude_columns, not both') -%}
  {%- endif -%}
  {%- set names = [] -%}
  {%- for name in _as_list(merge_update_columns) -%}
    {%- do names.append(adapter.quote(name)) -%}
  {%- endfor -%}
  {%- if merge_exclude_columns -%}
    {%- set excluded = merge_exclude_columns | map('lower') | list -%}
    {%- for column in dest_columns if (column.name | lower) not in excluded -%}
      {%- do names.append(adapter.quote(column.name)) -%}
    {%- endfor -%}
  {%- endif -%}
  {{ return(names) }}
{%- endmacro %}
