
-- a comment first
select id, 'other' as name from {{ ref('eph_base') }}
