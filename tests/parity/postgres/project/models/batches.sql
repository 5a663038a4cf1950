{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='seen_at', unique_key='id', batch_size='day', begin='2024-01-01', lookback=1) }}
select id, seen_at, state from {{ ref('plain') }}
