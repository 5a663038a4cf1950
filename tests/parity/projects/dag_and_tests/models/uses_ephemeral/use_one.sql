select * from {{ ref('eph_base') }}
