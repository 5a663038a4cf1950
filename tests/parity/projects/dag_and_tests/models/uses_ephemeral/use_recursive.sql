with recursive tree(n) as (
    select n from (select id as n from {{ ref("eph_base") }}) b
    union all
    select n + 1 from tree where n < 3
)
select n from tree
