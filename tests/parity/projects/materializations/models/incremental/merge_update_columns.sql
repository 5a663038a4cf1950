{{ config(unique_key='id', incremental_strategy='merge', merge_update_columns=['amount']) }}
{{ events_of_run() }}
