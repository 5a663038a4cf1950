{{ config(unique_key=['id', 'grp'], incremental_strategy='merge') }}
{{ events_of_run() }}
