{{ config(materialized='table') }}
select 'a' as word, 1 as number
