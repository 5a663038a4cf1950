{# Incremental tables: the delta is a view where one statement reads it, else a temporary table, so that two statements
   read the same rows. #}

{% macro dbt_snowflake_get_tmp_relation_type(strategy, unique_key, language='sql') -%}
  {%- set wanted = config.get('tmp_relation_type') -%}
  {%- set twice = strategy in ['delete+insert', 'microbatch'] and unique_key is not none -%}
  {%- if wanted not in [none, 'table', 'view', 'transient'] -%}
    {%- do exceptions.raise_compiler_error('`tmp_relation_type` is table, view or transient, not ' ~ wanted) -%}
  {%- elif wanted == 'view' and twice -%}
    {%- do exceptions.raise_compiler_error(
        'The strategy ' ~ strategy ~ ' reads the new rows twice, so `tmp_relation_type` must be table or transient') -%}
  {%- endif -%}
  {%- if wanted -%}
    {{ return(wanted) }}
  {%- endif -%}
  {%- set once = strategy in ['default', 'merge', 'append', 'insert_overwrite'] or (strategy in ['delete+insert', 'microbatch'] and unique_key is none) -%}
  {{ return('view' if once else 'table') }}
{%- endmacro %}

{# Projects override this to stage new rows in a schema of their own. #}
{% macro resolve_incremental_tmp_relation(tmp_relation) -%}
  {{ return(adapter.dispatch('resolve_incremental_tmp_relation', 'dbt')(tmp_relation)) }}
{%- endmacro %}

{% macro snowflake__resolve_incremental_tmp_relation(tmp_relation) -%}
  {{ return(tmp_relation) }}
{%- endmacro %}

{%- materialization incremental, adapter='snowflake' -%}

  {%- set session = _enter_session() -%}
  {%- set existing = load_cached_relation(this) -%}
  {%- set target_relation = this.incorporate(type='table') -%}
  {%- set whole = existing is none or not existing.is_table or should_full_refresh() -%}
  {%- set strategy_name = config.get('incremental_strategy') or 'default' -%}
  {%- set unique_key = config.get('unique_key') -%}
  {%- set key_strategy = 'merge' if strategy_name == 'default' else strategy_name -%}
  {%- set staged_as = dbt_snowflake_get_tmp_relation_type(strategy_name, unique_key) -%}
  {#- A view would run the model's query once more to look at its keys. -#}
  {%- if staged_as == 'view' and not config.get('tmp_relation_type') and _refuses_keys(unique_key, key_strategy) -%}
    {%- set staged_as = 'table' -%}
  {%- endif -%}
  {%- set staged = resolve_incremental_tmp_relation(
      make_temp_relation(this).incorporate(type='view' if staged_as == 'view' else 'table')) -%}
  {%- set on_schema_change = incremental_validate_on_schema_change(config.get('on_schema_change'), default='ignore') -%}

  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}

  {#- An unknown strategy is an error of the first run too. -#}
  {%- set strategy = adapter.get_incremental_strategy_macro(context, strategy_name) -%}
  {%- if whole -%}
    {%- do _drop_other_kinds(existing, 'table') -%}
    {%- call statement('main') -%}
      {{ create_table_as(False, target_relation, compiled_code) }}
    {%- endcall -%}
  {%- else -%}
    {%- call statement('create_tmp_relation') -%}
      {%- if staged_as == 'view' -%}
        {{ snowflake__create_view_as_with_temp_flag(staged, compiled_code, True) }}
      {%- elif staged_as == 'transient' -%}
        {{ _create_table('transient ', staged, compiled_code) }}
      {%- else -%}
        {{ create_table_as(True, staged, compiled_code) }}
      {%- endif -%}
    {%- endcall -%}
    {%- if staged_as != 'view' or _refuses_keys(unique_key, key_strategy) -%}
      {%- do _check_keys(staged, existing, unique_key, key_strategy) -%}
    {%- endif -%}
    {%- do adapter.expand_target_column_types(from_relation=staged, to_relation=target_relation) -%}
    {%- set columns = process_schema_changes(on_schema_change, staged, existing)
        or adapter.get_columns_in_relation(existing) -%}
    {%- call statement('main') -%}
      {{ strategy({
        'target_relation': target_relation,
        'temp_relation': staged,
        'unique_key': unique_key,
        'dest_columns': columns,
        'incremental_predicates': config.get('predicates') or config.get('incremental_predicates')
      }) }}
    {%- endcall -%}
    {%- do drop_relation_if_exists(staged) -%}
  {%- endif -%}

  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {%- set was_table = existing is not none and existing.is_table -%}
  {%- do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(was_table, full_refresh_mode=whole)) -%}
  {%- do persist_docs(target_relation, model) -%}
  {{ run_hooks(post_hooks, inside_transaction=False) }}
  {%- do _leave_session(session) -%}

  {{ return({'relations': [target_relation]}) }}

{%- endmaterialization -%}

{% macro snowflake__get_incremental_default_sql(arg_dict) -%}
  {{ return(get_incremental_merge_sql(arg_dict)) }}
{%- endmacro %}

{% macro snowflake__get_incremental_append_sql(arg_dict) -%}
  {{ return(snowflake_dml_explicit_transaction(default__get_incremental_append_sql(arg_dict))) }}
{%- endmacro %}

{# A merge on a condition that is never true is refused, so without a key rows are added. #}
{% macro snowflake__get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates=none) -%}
  {%- if unique_key is none -%}
    {%- set dml = (config.get('sql_header') or '') ~ get_insert_into_sql(target, source, dest_columns) -%}
  {%- else -%}
    {%- set dml = default__get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) -%}
  {%- endif -%}
  {{ return(snowflake_dml_explicit_transaction(dml)) }}
{%- endmacro %}

{% macro snowflake__get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) -%}
  {{ return(snowflake_dml_explicit_transaction(
    default__get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates))) }}
{%- endmacro %}

{# Replaces all rows of the table, whatever the model's partitions are: that is what the statement does in Snowflake. #}
{% macro snowflake__get_incremental_insert_overwrite_sql(arg_dict) -%}
  {%- set columns = config.get('overwrite_columns') or [] -%}
  {%- set dml -%}
    {{ config.get('sql_header') or '' }}
    insert overwrite into {{ arg_dict['target_relation'].render() }} {{ '(' ~ (columns | join(', ')) ~ ')' if columns }}
    select {{ columns | join(', ') if columns else '*' }}
    from {{ arg_dict['temp_relation'].render() }}
  {%- endset -%}
  {{ return(snowflake_dml_explicit_transaction(dml)) }}
{%- endmacro %}

{# Replaces the batch's stretch of time, in one transaction. #}
{% macro snowflake__get_incremental_microbatch_sql(arg_dict) -%}
  {%- set target = arg_dict['target_relation'] -%}
  {%- set conditions = [] + (arg_dict.get('incremental_predicates') or []) -%}
  {%- for sign, bound in [('>=', model.config.__dbt_internal_microbatch_event_time_start), ('<', model.config.__dbt_internal_microbatch_event_time_end)] if bound -%}
    {%- do conditions.append('DBT_INTERNAL_TARGET.' ~ model.config.event_time ~ ' ' ~ sign ~ " to_timestamp_tz('" ~ bound ~ "')") -%}
  {%- endfor -%}
  {%- set dml -%}
    delete from {{ target }} as DBT_INTERNAL_TARGET
    where ({{ conditions | join(') and (') }});
    {{ get_insert_into_sql(target, arg_dict['temp_relation'], arg_dict['dest_columns']) }}
  {%- endset -%}
  {{ return(snowflake_dml_explicit_transaction(dml)) }}
{%- endmacro %}

{% macro snowflake__snapshot_merge_sql(target, source, insert_cols) -%}
  {{ return(snowflake_dml_explicit_transaction(default__snapshot_merge_sql(target, source, insert_cols))) }}
{%- endmacro %}
