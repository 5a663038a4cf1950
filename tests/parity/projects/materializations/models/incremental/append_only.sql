{{ config(incremental_strategy='append') }}
{{ events_of_run() }}
