{{ config(unique_key='id', incremental_strategy='merge') }}
{{ events_of_run() }}
