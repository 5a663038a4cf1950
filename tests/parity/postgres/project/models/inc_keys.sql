{{ config(materialized='incremental', unique_key=['id', 'name'], meta={'allow_null_keys': true}, on_schema_change='sync_all_columns', incremental_predicates=["name is not null"]) }}
select id, name{{ ', amount' if not var('later') }}, state from {{ ref('plain') }}
