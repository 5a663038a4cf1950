{{ config(batch_size='hour', begin='2024-03-01T22:00:00', concurrent_batches=true) }}
select id, seen_at, page from {{ ref('visits') }}
