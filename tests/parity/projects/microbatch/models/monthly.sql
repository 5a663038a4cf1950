{{ config(batch_size='month', begin='2024-01-15', lookback=2) }}
select id, seen_at, page from {{ ref('visits') }}
