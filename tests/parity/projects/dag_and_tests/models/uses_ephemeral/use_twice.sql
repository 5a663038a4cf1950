select a.id from {{ ref('eph_base') }} a join {{ ref('eph_base') }} b on a.id = b.id join {{ ref('eph_middle') }} m on true
