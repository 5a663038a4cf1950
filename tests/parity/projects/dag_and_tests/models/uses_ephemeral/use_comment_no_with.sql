-- a comment before select
select * from {{ ref('eph_base') }}
