{# How a snapshot tells that a row has changed. A strategy returns a dictionary: unique_key, updated_at, row_changed,
   scd_id, hard_deletes. Projects add their own as snapshot_<name>_strategy. #}

{# The strategy's macro: `name`, or `package.name`. #}
{% macro strategy_dispatch(name) -%}
  {%- set parts = name.split('.') -%}
  {%- set wanted = 'snapshot_' ~ parts[-1] ~ '_strategy' -%}
  {%- if parts | length == 1 -%}
    {%- set place = context -%}
  {%- elif parts[0] in context -%}
    {%- set place = context[parts[0]] -%}
  {%- else -%}
    {%- do exceptions.raise_compiler_error("There is no package `" ~ parts[0] ~ "` for the snapshot strategy `" ~ name ~ "`") -%}
  {%- endif -%}
  {%- if wanted not in place -%}
    {%- do exceptions.raise_compiler_error("The snapshot strategy `" ~ name ~ "` needs a macro `" ~ wanted ~ "`, which was not found") -%}
  {%- endif -%}
  {{ return(place[wanted]) }}
{%- endmacro %}

{# One key for a version of a row. #}
{% macro snapshot_hash_arguments(args) -%}
  {{ adapter.dispatch('snapshot_hash_arguments', 'dbt')(args) }}
{%- endmacro %}

{% macro default__snapshot_hash_arguments(args) -%}
    {%- set parts = [] -%}
    {%- for arg in args -%}
        {%- do parts.append("coalesce(cast(" ~ arg ~ " as varchar ), '')") -%}
    {%- endfor -%}
    md5({{ parts | join(" || '|' || ") }})
{%- endmacro %}

{# By a column that says when the row was changed. Compared with the start of the version, which is there even where
   the strategy was another one before. #}
{% macro snapshot_timestamp_strategy(node, snapshotted_rel, current_rel, model_config, target_exists) -%}
    {%- set names = config.get('snapshot_table_column_names') or get_snapshot_table_column_names() -%}
    {%- set updated_at = config.get('updated_at') -%}
    {%- set changed = '(' ~ snapshotted_rel ~ '.' ~ names.dbt_valid_from ~ ' < ' ~ current_rel ~ '.' ~ updated_at ~ ')' -%}
    {{ return(_snapshot_strategy(updated_at, changed)) }}
{%- endmacro %}

{# By comparing columns. #}
{% macro snapshot_check_strategy(node, snapshotted_rel, current_rel, model_config, target_exists) -%}
    {%- set updated_at = config.get('updated_at') or snapshot_get_time() -%}
    {%- set added, checked = snapshot_check_all_get_existing_columns(node, target_exists, config.get('check_cols')) -%}
    {%- set differences = [get_true_sql()] if added else [] -%}
    {%- for column in ([] if added else checked) -%}
        {%- set old, new = snapshotted_rel ~ '.' ~ column, current_rel ~ '.' ~ column -%}
        {%- do differences.append(
            old ~ ' != ' ~ new
            ~ ' or ((' ~ old ~ ' is null) and not (' ~ new ~ ' is null))'
            ~ ' or ((not ' ~ old ~ ' is null) and (' ~ new ~ ' is null))'
        ) -%}
    {%- endfor -%}
    {{ return(_snapshot_strategy(updated_at, '(' ~ (differences | join(' or ')) ~ ')')) }}
{%- endmacro %}

{% macro _snapshot_strategy(updated_at, row_changed) -%}
    {%- set key = config.get('unique_key') -%}
    {%- set deletes = adapter.get_hard_deletes_behavior(config) -%}
    {{ return({
        "unique_key": key,
        "updated_at": updated_at,
        "row_changed": row_changed,
        "scd_id": snapshot_hash_arguments(api.Relation.scd_args(key, updated_at)),
        "invalidate_hard_deletes": deletes == 'invalidate',
        "hard_deletes": deletes
    }) }}
{%- endmacro %}

{# Whether the query has a checked column that the snapshot lacks, and the quoted columns that both have. #}
{% macro snapshot_check_all_get_existing_columns(node, target_exists, check_cols_config) -%}
    {%- if not target_exists -%}
        {{ return((false, [])) }}
    {%- endif -%}
    {%- if check_cols_config == 'all' -%}
        {%- set query = node['compiled_code'] -%}
    {%- elif check_cols_config is not string and check_cols_config -%}
        {#- A comment may end the query, so the bracket stands on a line of its own. -#}
        {%- set query = 'select ' ~ (check_cols_config | join(', ')) ~ ' from (\n' ~ node['compiled_code'] ~ '\n) subq' -%}
    {%- else -%}
        {%- do exceptions.raise_compiler_error("check_cols must be `all` or a list of columns, not: " ~ check_cols_config) -%}
    {%- endif -%}
    {%- set target = adapter.get_relation(database=node.database, schema=node.schema, identifier=node.alias) -%}
    {%- set known = get_list_of_column_names(adapter.get_columns_in_relation(target)) -%}
    {%- set missing = [] -%}
    {%- set both = [] -%}
    {%- for name in get_columns_in_query(query) -%}
        {%- if name in known -%}
            {%- do both.append(adapter.quote(name)) -%}
        {%- else -%}
            {%- do missing.append(name) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return((missing | length > 0, both)) }}
{%- endmacro %}

{# Times of snapshots. #}

{%- macro snapshot_get_time() -%}
    {{ adapter.dispatch('snapshot_get_time', 'dbt')() }}
{%- endmacro -%}

{% macro default__snapshot_get_time() -%}
    {{ current_timestamp() }}
{%- endmacro %}

{% macro snapshot_string_as_time(timestamp) -%}
    {{ adapter.dispatch('snapshot_string_as_time', 'dbt')(timestamp) }}
{%- endmacro %}

{% macro default__snapshot_string_as_time(timestamp) -%}
    {%- do exceptions.raise_not_implemented('snapshot_string_as_time has no implementation for ' ~ adapter.type()) -%}
{%- endmacro %}

{% macro get_snapshot_get_time_data_type() -%}
    {%- set columns = get_column_schema_from_query('select ' ~ snapshot_get_time() ~ ' as dbt_snapshot_time') -%}
    {{ return(columns[0].dtype or none) }}
{%- endmacro %}

{% macro get_updated_at_column_data_type(snapshot_sql) -%}
    {%- for column in get_column_schema_from_query(snapshot_sql) if (column.column | lower) == 'dbt_updated_at' -%}
        {{ return(column.dtype) }}
    {%- endfor -%}
    {{ return(none) }}
{%- endmacro %}

{# Warns where a row's own time and the snapshot's time have different types: they would compare wrongly. #}
{% macro check_time_data_types(sql) -%}
  {%- set own = get_updated_at_column_data_type(sql) -%}
  {%- set snapshot = get_snapshot_get_time_data_type() -%}
  {%- if own and snapshot and own != snapshot and exceptions.warn_snapshot_timestamp_data_types -%}
    {%- do exceptions.warn_snapshot_timestamp_data_types(snapshot, own) -%}
  {%- endif -%}
{%- endmacro %}
