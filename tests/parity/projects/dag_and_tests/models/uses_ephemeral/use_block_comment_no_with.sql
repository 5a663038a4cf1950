/* a block comment */ select * from {{ ref('eph_base') }} -- with
