select sum(total) as grand_total from {{ ref('people_orders') }} join {{ ref('eph_base') }} using (id)
