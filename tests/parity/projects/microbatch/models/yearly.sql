{{ config(batch_size='year', begin='2023-06-01', concurrent_batches=false) }}
select id, seen_at, page, 1 as one from {{ ref('visits').render() }}
