{{ config(unique_key=none, incremental_strategy=none) }}
{{ events_of_run() }}
