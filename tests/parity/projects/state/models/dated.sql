{{ config(materialized='table', event_time='at') }}
select cast('2024-01-15' as timestamp) as at, colour from {{ source('raw_dated', 'dated') }}
