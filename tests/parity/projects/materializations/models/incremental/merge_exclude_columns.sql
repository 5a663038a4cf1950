{{ config(unique_key='id', incremental_strategy='merge', merge_exclude_columns=['label']) }}
{{ events_of_run() }}
