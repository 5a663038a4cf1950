{{ config(unique_key='id', incremental_strategy='delete+insert', incremental_predicates=['amount > 5', "grp <> 'z'"]) }}
{{ events_of_run() }}
