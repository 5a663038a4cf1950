select * from {{ ref('eph_top') }}
