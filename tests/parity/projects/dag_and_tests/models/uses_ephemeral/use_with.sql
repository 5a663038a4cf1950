with mine as (select * from {{ ref('eph_middle') }}), other as (select 1 as one)
select mine.* from mine, other
