{{ config(tags=['x']) }}

with x as (select * from {{ ref('eph_base') }})

select * from x
