select * from {{ ref('eph_other') }} union all select * from {{ ref('eph_middle') }} union all select * from {{ ref('eph_base') }}
