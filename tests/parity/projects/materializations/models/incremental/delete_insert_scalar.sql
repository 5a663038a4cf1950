{{ config(unique_key='id', incremental_strategy='delete+insert') }}
{{ events_of_run() }}
