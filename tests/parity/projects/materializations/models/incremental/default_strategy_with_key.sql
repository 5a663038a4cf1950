{{ config(unique_key='id') }}
{{ events_of_run() }}
