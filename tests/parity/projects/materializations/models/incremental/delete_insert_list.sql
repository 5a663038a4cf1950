{{ config(unique_key=['id', 'grp'], incremental_strategy='delete+insert') }}
{{ events_of_run() }}
