{{ config(alias='eph_top_alias') }}
select * from {{ ref('eph_middle') }} union all select * from {{ ref('eph_other') }}
