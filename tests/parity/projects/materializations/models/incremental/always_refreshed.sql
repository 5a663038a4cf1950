{{ config(full_refresh=true, incremental_strategy='append') }}
{{ events_of_run() }}
