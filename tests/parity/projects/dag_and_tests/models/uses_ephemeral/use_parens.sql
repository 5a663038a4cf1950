(select id from {{ ref('eph_base') }}) union all (with q as (select 2 as id) select id from q)
