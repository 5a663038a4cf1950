{{ config(full_refresh=false, incremental_strategy='append') }}
{{ events_of_run() }}
