{# A snapshot: every version of a row with the time from and to which it was true. #}
{%- materialization snapshot, default -%}

  {%- set grants = config.get('grants') -%}
  {%- set exists, target_relation = get_or_create_relation(
      database=model.database, schema=model.schema, identifier=model.get('alias') or model.get('name'), type='table') -%}
  {%- if not target_relation.is_table -%}
    {%- do exceptions.relation_wrong_type(target_relation, 'table') -%}
  {%- endif -%}

  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}

  {%- set make_strategy = strategy_dispatch(config.get('strategy')) -%}
  {%- set strategy = make_strategy(model, "snapshotted_data", "source_data", model['config'], exists) -%}
  {%- if not exists -%}
    {%- set selected = build_snapshot_table(strategy, model['compiled_code']) -%}
    {%- set final = create_table_as(False, target_relation, selected) -%}
  {%- else -%}
    {%- set names = config.get('snapshot_table_column_names') or get_snapshot_table_column_names() -%}
    {%- do adapter.assert_valid_snapshot_target_given_strategy(target_relation, names, strategy) -%}
    {%- set selected = snapshot_staging_table(strategy, sql, target_relation) -%}
    {%- set staged = build_snapshot_staging_table(strategy, sql, target_relation) -%}
    {%- do _check_snapshot_keys(staged, strategy.unique_key) -%}
    {%- do adapter.expand_target_column_types(from_relation=staged, to_relation=target_relation) -%}

    {#- Columns of the staging table alone are not part of the snapshot. -#}
    {%- set own = ['dbt_change_type', 'dbt_unique_key'] -%}
    {%- if strategy.unique_key is not string -%}
      {%- for key in strategy.unique_key -%}
        {%- do own.append('dbt_unique_key_' ~ loop.index) -%}
      {%- endfor -%}
    {%- endif -%}
    {%- set known = [] -%}
    {%- for column in adapter.get_columns_in_relation(target_relation) -%}
      {%- do known.append(column.name | lower) -%}
    {%- endfor -%}
    {%- set added = [] -%}
    {%- set inserted = [] -%}
    {%- for column in adapter.get_columns_in_relation(staged) if (column.name | lower) not in own -%}
      {%- do inserted.append(adapter.quote(column.name)) -%}
      {%- if (column.name | lower) not in known -%}
        {%- do added.append(column) -%}
      {%- endif -%}
    {%- endfor -%}
    {%- do create_columns(target_relation, added) -%}
    {%- set final = snapshot_merge_sql(target=target_relation, source=staged, insert_cols=inserted) -%}
  {%- endif -%}

  {%- do check_time_data_types(selected) -%}
  {%- call statement('main') -%}
    {{ final }}
  {%- endcall -%}

  {%- do apply_grants(target_relation, grants, should_revoke=should_revoke(exists, full_refresh_mode=False)) -%}
  {%- do persist_docs(target_relation, model) -%}
  {%- if not exists -%}
    {%- do create_indexes(target_relation) -%}
  {%- endif -%}
  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {%- do adapter.commit() -%}
  {%- if exists -%}
    {%- do post_snapshot(staged) -%}
  {%- endif -%}
  {{ run_hooks(post_hooks, inside_transaction=False) }}

  {{ return({'relations': [target_relation]}) }}

{%- endmaterialization -%}
