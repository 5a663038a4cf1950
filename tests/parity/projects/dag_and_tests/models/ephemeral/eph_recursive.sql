with recursive counting(n) as (
    select id from {{ ref('eph_base') }}
    union all
    select n + 1 from counting where n < 5
)
select n from counting
