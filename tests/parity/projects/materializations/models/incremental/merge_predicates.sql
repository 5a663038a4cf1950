{{ config(unique_key='id', incremental_strategy='merge', incremental_predicates=['DBT_INTERNAL_DEST.amount < 15']) }}
{{ events_of_run() }}
