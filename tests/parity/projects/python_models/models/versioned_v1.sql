{{ config(materialized='table') }}
select
    range as id,
    'é' || range as word,
    sum(range) over (order by range) as total,
    date '2024-01-02' as day,
    [range, null] as list,
    {'a': range} as pair,
    (range / 4)::decimal(9, 2) as share
from range(6)
