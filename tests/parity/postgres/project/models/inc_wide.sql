{{ config(materialized='incremental', unique_key='id', merge_exclude_columns=['name'], incremental_strategy='merge') }}
select id, {{ "'abcdefghij'::varchar(20)" if var('later') else "'abc'::varchar(5)" }} as name, state from {{ ref('plain') }}
