{# Incremental models: built whole where they are not there, else the delta is merged in, or replaces whole partitions. #}

{%- materialization incremental, adapter='bigquery' -%}

  {%- set existing = load_relation(this) -%}
  {%- set target_relation = this.incorporate(type='table') -%}
  {%- set strategy = _bigquery_strategy() -%}
  {%- set partition = _partition_config() -%}
  {%- set on_schema_change = incremental_validate_on_schema_change(config.get('on_schema_change'), default='ignore') -%}
  {%- if partition is not none and partition.copy_partitions and strategy == 'merge' -%}
    {%- do exceptions.raise_compiler_error(
        "`copy_partitions` replaces whole partitions: set incremental_strategy to `insert_overwrite` or `microbatch`") -%}
  {%- endif -%}

  {{ run_hooks(pre_hooks) }}

  {%- set whole = existing is none or not existing.is_table or should_full_refresh() -%}
  {%- set staged = make_temp_relation(target_relation) -%}
  {#- The merge reads the query itself where nobody looks at the delta first. -#}
  {%- set refuses_keys = not whole and _refuses_keys(config.get('unique_key'), strategy) -%}
  {%- set is_staged = not whole and (on_schema_change != 'ignore' or refuses_keys) -%}
  {%- if whole -%}
    {%- do _make_way_for_table(existing) -%}
    {%- set build = _declared_max_partition(target_relation, partition, compiled_code) ~ _build_table(False, target_relation, compiled_code) -%}
  {%- else -%}
    {%- set columns = {} -%}
    {%- if is_staged -%}
      {%- call statement('create_tmp_relation') -%}
        {{ _declared_max_partition(target_relation, partition, compiled_code) }}
        {{ _build_table(True, staged, compiled_code) }}
      {%- endcall -%}
      {%- if refuses_keys -%}
        {%- do _check_keys(staged, existing, config.get('unique_key'), strategy) -%}
      {%- endif -%}
      {%- set columns = process_schema_changes(on_schema_change, staged, existing) -%}
    {%- endif -%}
    {%- set build = _bigquery_increment(strategy, {
      'target': target_relation, 'staged': staged, 'is_staged': is_staged, 'partition': partition,
      'columns': columns or adapter.get_columns_in_relation(existing)
    }) -%}
  {%- endif -%}
  {%- call statement('main') -%}
    {{ build }}
  {%- endcall -%}

  {{ run_hooks(post_hooks) }}
  {%- do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(existing, full_refresh_mode=whole)) -%}
  {%- do persist_docs(target_relation, model) -%}
  {%- if is_staged -%}
    {%- do adapter.drop_relation(staged) -%}
  {%- endif -%}

  {{ return({'relations': [target_relation]}) }}

{%- endmaterialization -%}

{# The model's strategy, checked before anything is run. #}
{% macro _bigquery_strategy() -%}
  {%- set strategy = config.get('incremental_strategy') or 'merge' -%}
  {%- set strategy = 'merge' if strategy == 'default' else strategy -%}
  {%- if strategy not in ['merge', 'insert_overwrite', 'microbatch'] -%}
    {%- do exceptions.raise_compiler_error(
        "The incremental strategy `" ~ strategy ~ "` is not one of BigQuery's: use merge, insert_overwrite or microbatch") -%}
  {%- endif -%}
  {%- set partition = config.get('partition_by') -%}
  {%- if strategy != 'merge' and partition is none -%}
    {%- do exceptions.raise_compiler_error("The strategy `" ~ strategy ~ "` replaces partitions: the model needs `partition_by`") -%}
  {%- endif -%}
  {%- if strategy == 'microbatch' and partition.granularity != config.get('batch_size') -%}
    {%- do exceptions.raise_compiler_error(
        "A batch of a microbatch model is one partition: `partition_by.granularity` is `" ~ partition.granularity
        ~ "`, and `batch_size` is `" ~ config.get('batch_size') ~ "`") -%}
  {%- endif -%}
  {{ return(strategy) }}
{%- endmacro %}

{# A query may ask for `_dbt_max_partition`, the newest partition of its own table: it becomes a variable. #}
{% macro _declared_max_partition(relation, partition, sql) -%}
  {%- if '_dbt_max_partition' not in sql or partition is none -%}
    {{ return('') }}
  {%- endif -%}
  {{ return(
    'declare _dbt_max_partition ' ~ _partition_type(partition) ~ ' default (\n    select max(' ~ partition.field ~ ') from '
    ~ this ~ '\n    where ' ~ partition.field ~ ' is not null\n  );\n  '
  ) }}
{%- endmacro %}

{# The statement that brings the delta in. `parts`: target, staged, is_staged, partition, columns. #}
{% macro _bigquery_increment(strategy, parts) -%}
  {%- if strategy == 'merge' -%}
    {{ return(_merge_delta(parts)) }}
  {%- elif config.get('partitions') -%}
    {{ return(_overwrite_given_partitions(parts, config.get('partitions'))) }}
  {%- endif -%}
  {{ return(_overwrite_found_partitions(parts)) }}
{%- endmacro %}

{# The delta as a source in brackets: its table where it was staged, else the query itself. #}
{% macro _delta(parts) -%}
  {%- set partition = parts.partition -%}
  {%- set by_ingestion = partition is not none and partition.time_ingestion_partitioning -%}
  {%- if parts.is_staged -%}
    {{ return('(\n        select ' ~ ('_PARTITIONTIME, ' if by_ingestion else '') ~ '* from ' ~ parts.staged ~ '\n    )') }}
  {%- elif by_ingestion -%}
    {{ return('(\n        ' ~ _with_ingestion_time(partition, compiled_code) ~ '\n    )') }}
  {%- endif -%}
  {{ return('(\n        ' ~ compiled_code ~ '\n    )') }}
{%- endmacro %}

{# The table's columns, with the pseudo column that says when a row was ingested where partitions are made of it. #}
{% macro _written_columns(parts) -%}
  {%- set partition = parts.partition -%}
  {%- if partition is not none and partition.time_ingestion_partitioning -%}
    {{ return(parts.columns + [api.Column('_PARTITIONTIME', partition.data_type)]) }}
  {%- endif -%}
  {{ return(parts.columns) }}
{%- endmacro %}

{% macro _merge_delta(parts) -%}
  {%- set predicates = [] + (config.get('predicates') or config.get('incremental_predicates') or []) -%}
  {%- set all_partitions = predicate_for_avoid_require_partition_filter() -%}
  {%- if all_partitions -%}
    {%- do predicates.append(all_partitions) -%}
  {%- endif -%}
  {%- set declared = '' if parts.is_staged else _declared_max_partition(parts.target, parts.partition, compiled_code) -%}
  {{ return(declared ~ get_merge_sql(
    parts.target, _delta(parts), config.get('unique_key'), _written_columns(parts), predicates)) }}
{%- endmacro %}

{# Names are quoted with backticks, whatever made the columns. #}
{% macro bigquery__get_merge_update_columns(merge_update_columns, merge_exclude_columns, dest_columns) -%}
  {%- if merge_update_columns and merge_exclude_columns -%}
    {%- do exceptions.raise_compiler_error(
        'A model can have merge_update_columns or merge_exclude_columns, but not both') -%}
  {%- endif -%}
  {%- if merge_update_columns -%}
    {{ return(merge_update_columns) }}
  {%- endif -%}
  {%- set excluded = (merge_exclude_columns or []) | map('lower') | list -%}
  {%- set updated = [] -%}
  {%- for column in dest_columns if (column.name | lower) not in excluded -%}
    {%- do updated.append(adapter.quote(column.name)) -%}
  {%- endfor -%}
  {{ return(updated) }}
{%- endmacro %}
