{{ config(incremental_strategy='delete+insert') }}
{{ events_of_run() }}
