with inner_cte as (
    select * from {{ ref('eph_base') }}
)
select id + 1 as id, name from inner_cte
