{{ config(incremental_strategy='tripled') }}
{{ events_of_run() }}
