{# The queries of snapshots: the first table, the staged changes, and how they are brought in. #}

{% macro get_snapshot_table_column_names() -%}
    {{ return({
        'dbt_valid_to': 'dbt_valid_to',
        'dbt_valid_from': 'dbt_valid_from',
        'dbt_scd_id': 'dbt_scd_id',
        'dbt_updated_at': 'dbt_updated_at',
        'dbt_is_deleted': 'dbt_is_deleted'
    }) }}
{%- endmacro %}

{% macro build_snapshot_table(strategy, sql) -%}
  {{ adapter.dispatch('build_snapshot_table', 'dbt')(strategy, sql) }}
{%- endmacro %}

{% macro default__build_snapshot_table(strategy, sql) -%}
    {%- set names = config.get('snapshot_table_column_names') or get_snapshot_table_column_names() %}
    select *,
        {{ strategy.scd_id }} as {{ names.dbt_scd_id }},
        {{ strategy.updated_at }} as {{ names.dbt_updated_at }},
        {{ strategy.updated_at }} as {{ names.dbt_valid_from }},
        {{ get_dbt_valid_to_current(strategy, names) }}
        {%- if strategy.hard_deletes == 'new_record' %},
        'False' as {{ names.dbt_is_deleted }}
        {%- endif %}
    from (
        {{ sql }}
    ) sbq
{%- endmacro %}

{# The end of a version that is still true: null, or the configured far date. `nullif` of the time with itself gives
   a null of the right type. #}
{% macro get_dbt_valid_to_current(strategy, columns) -%}
  coalesce(nullif({{ strategy.updated_at }}, {{ strategy.updated_at }}), {{ config.get('dbt_valid_to_current') or 'null' }}) as {{ columns.dbt_valid_to }}
{%- endmacro %}

{# Keys of one or several columns. #}

{% macro unique_key_fields(unique_key) -%}
    {%- if unique_key is string -%}
        {{ unique_key }} as dbt_unique_key
    {%- else -%}
        {%- for key in unique_key -%}
            {{ key }} as dbt_unique_key_{{ loop.index }}{{ '' if loop.last else ' , ' }}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}

{% macro unique_key_join_on(unique_key, identifier, from_identifier) -%}
    {%- if unique_key is string -%}
        {{ identifier }}.dbt_unique_key = {{ from_identifier }}.dbt_unique_key
    {%- else -%}
        {%- for key in unique_key -%}
            {%- set name = '.dbt_unique_key_' ~ loop.index -%}
            {{ equals(identifier ~ name, from_identifier ~ name) }}{{ '' if loop.last else ' and ' }}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}

{% macro unique_key_is_null(unique_key, identifier) -%}
    {{ identifier }}.dbt_unique_key{{ '' if unique_key is string else '_1' }} is null
{%- endmacro %}

{% macro unique_key_is_not_null(unique_key, identifier) -%}
    {{ identifier }}.dbt_unique_key{{ '' if unique_key is string else '_1' }} is not null
{%- endmacro %}

{# The staged changes: rows to insert, versions to end, and deletions as the config wants them. #}
{% macro snapshot_staging_table(strategy, source_sql, target_relation) -%}
  {{ adapter.dispatch('snapshot_staging_table', 'dbt')(strategy, source_sql, target_relation) }}
{%- endmacro %}

{% macro default__snapshot_staging_table(strategy, source_sql, target_relation) -%}
    {%- set names = config.get('snapshot_table_column_names') or get_snapshot_table_column_names() -%}
    {%- set key = strategy.unique_key -%}
    {%- set current = config.get('dbt_valid_to_current') -%}
    {%- set track = strategy.hard_deletes == 'new_record' -%}
    {%- set deletes = track or strategy.hard_deletes == 'invalidate' -%}
    {%- set now = snapshot_get_time() -%}
    {%- set on_key = unique_key_join_on(key, "snapshotted_data", "source_data") -%}
    {%- set was_deleted = "snapshotted_data." ~ names.dbt_is_deleted ~ " = 'True'" -%}
    {%- set is_open = "snapshotted_data." ~ names.dbt_valid_to ~ (" = " ~ current if current else " is null") -%}

    with snapshot_query as (
        {{ source_sql }}
    ),

    snapshotted_data as (
        select *, {{ unique_key_fields(key) }}
        from {{ target_relation }}
        where {{ names.dbt_valid_to }} is null
        {%- if current %}
            or {{ equals(names.dbt_valid_to, current) }}
        {%- endif %}
    ),

    insertions_source_data as (
        select *, {{ unique_key_fields(key) }},
            {{ strategy.updated_at }} as {{ names.dbt_updated_at }},
            {{ strategy.updated_at }} as {{ names.dbt_valid_from }},
            {{ get_dbt_valid_to_current(strategy, names) }},
            {{ strategy.scd_id }} as {{ names.dbt_scd_id }}
        from snapshot_query
    ),

    updates_source_data as (
        select *, {{ unique_key_fields(key) }},
            {{ strategy.updated_at }} as {{ names.dbt_updated_at }},
            {{ strategy.updated_at }} as {{ names.dbt_valid_from }},
            {{ strategy.updated_at }} as {{ names.dbt_valid_to }}
        from snapshot_query
    ),
    {%- if deletes %}

    deletes_source_data as (
        select *, {{ unique_key_fields(key) }}
        from snapshot_query
    ),
    {%- endif %}

    insertions as (
        select
            'insert' as dbt_change_type,
            source_data.*
            {%- if track %},
            'False' as {{ names.dbt_is_deleted }}
            {%- endif %}
        from insertions_source_data as source_data
        left outer join snapshotted_data
            on {{ on_key }}
        where {{ unique_key_is_null(key, "snapshotted_data") }}
            or ({{ unique_key_is_not_null(key, "snapshotted_data") }} and (
                {{ strategy.row_changed }}{{ ' or ' ~ was_deleted if track }}
            ))
    ),

    updates as (
        select
            'update' as dbt_change_type,
            source_data.*,
            snapshotted_data.{{ names.dbt_scd_id }}
            {%- if track %},
            snapshotted_data.{{ names.dbt_is_deleted }}
            {%- endif %}
        from updates_source_data as source_data
        join snapshotted_data
            on {{ on_key }}
        where {{ strategy.row_changed }}{{ ' or ' ~ was_deleted if track }}
    )
    {%- if deletes %},

    deletes as (
        select
            'delete' as dbt_change_type,
            source_data.*,
            {{ now }} as {{ names.dbt_valid_from }},
            {{ now }} as {{ names.dbt_updated_at }},
            {{ now }} as {{ names.dbt_valid_to }},
            snapshotted_data.{{ names.dbt_scd_id }}
            {%- if track %},
            snapshotted_data.{{ names.dbt_is_deleted }}
            {%- endif %}
        from snapshotted_data
        left join deletes_source_data as source_data
            on {{ on_key }}
        where {{ unique_key_is_null(key, "source_data") }}
        {%- if track %}
            and not ({{ was_deleted }} and {{ is_open }})
        {%- endif %}
    )
    {%- endif %}
    {%- if track %},

    {#- The deletion is a version of its own: the last values, marked as deleted. #}
    deletion_records as (
        select
            'insert' as dbt_change_type,
            {%- set known = get_list_of_column_names(get_columns_in_relation(target_relation)) %}
            {%- for name in get_columns_in_query(source_sql) %}
            {{ 'snapshotted_data' if name in known else 'source_data' }}.{{ adapter.quote(name) }},
            {%- endfor %}
            {%- for name in (['dbt_unique_key'] if key is string else []) %}
            snapshotted_data.{{ name }} as {{ name }},
            {%- endfor %}
            {%- for part in ([] if key is string else key) %}
            snapshotted_data.{{ part }} as dbt_unique_key_{{ loop.index }},
            {%- endfor %}
            {{ now }} as {{ names.dbt_valid_from }},
            {{ now }} as {{ names.dbt_updated_at }},
            snapshotted_data.{{ names.dbt_valid_to }} as {{ names.dbt_valid_to }},
            {{ snapshot_hash_arguments([names.dbt_scd_id, now]) }} as {{ names.dbt_scd_id }},
            'True' as {{ names.dbt_is_deleted }}
        from snapshotted_data
        left join deletes_source_data as source_data
            on {{ on_key }}
        where {{ unique_key_is_null(key, "source_data") }}
            and not ({{ was_deleted }} and {{ is_open }})
    )
    {%- endif %}

    select * from insertions
    union all
    select * from updates
    {%- if deletes %}
    union all
    select * from deletes
    {%- endif %}
    {%- if track %}
    union all
    select * from deletion_records
    {%- endif %}
{%- endmacro %}

{# Stages the changes and returns the staging table. #}
{% macro build_snapshot_staging_table(strategy, sql, target_relation) -%}
    {%- set staged = make_temp_relation(target_relation) -%}
    {%- set query = snapshot_staging_table(strategy, sql, target_relation) -%}
    {%- call statement('build_snapshot_staging_relation') -%}
        {{ create_table_as(True, staged, query) }}
    {%- endcall -%}
    {{ return(staged) }}
{%- endmacro %}

{% macro create_columns(relation, columns) -%}
  {{ adapter.dispatch('create_columns', 'dbt')(relation, columns) }}
{%- endmacro %}

{% macro default__create_columns(relation, columns) -%}
  {%- for column in columns -%}
    {%- call statement() -%}
      alter table {{ relation.render() }} add column {{ adapter.quote(column.name) }} {{ column.expanded_data_type }};
    {%- endcall -%}
  {%- endfor -%}
{%- endmacro %}

{# For databases that must drop the staging table themselves. #}
{% macro post_snapshot(staging_relation) -%}
  {{ adapter.dispatch('post_snapshot', 'dbt')(staging_relation) }}
{%- endmacro %}

{% macro default__post_snapshot(staging_relation) -%}
{%- endmacro %}

{% macro get_true_sql() -%}
  {{ adapter.dispatch('get_true_sql', 'dbt')() }}
{%- endmacro %}

{% macro default__get_true_sql() -%}
    TRUE
{%- endmacro %}

{# Ends the versions that changed and adds the new ones. #}
{% macro snapshot_merge_sql(target, source, insert_cols) -%}
  {{ adapter.dispatch('snapshot_merge_sql', 'dbt')(target, source, insert_cols) }}
{%- endmacro %}

{% macro default__snapshot_merge_sql(target, source, insert_cols) -%}
    {%- set names = config.get('snapshot_table_column_names') or get_snapshot_table_column_names() -%}
    {%- set current = config.get('dbt_valid_to_current') -%}
    {%- set end = 'DBT_INTERNAL_DEST.' ~ names.dbt_valid_to -%}
    {%- set columns = insert_cols | join(', ') %}
    merge into {{ target.render() }} as DBT_INTERNAL_DEST
    using {{ source }} as DBT_INTERNAL_SOURCE
    on DBT_INTERNAL_SOURCE.{{ names.dbt_scd_id }} = DBT_INTERNAL_DEST.{{ names.dbt_scd_id }}

    when matched
        and ({{ end ~ ' = ' ~ current ~ ' or ' if current }}{{ end }} is null)
        and DBT_INTERNAL_SOURCE.dbt_change_type in ('update', 'delete')
        then update
        set {{ names.dbt_valid_to }} = DBT_INTERNAL_SOURCE.{{ names.dbt_valid_to }}

    when not matched
        and DBT_INTERNAL_SOURCE.dbt_change_type = 'insert'
        then insert ({{ columns }})
        values ({{ columns }})
    ;
{%- endmacro %}
