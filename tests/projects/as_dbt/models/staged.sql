select id, customer, amount, ordered_at, 1 as c5, 2 as c6, 3 as c7 from {{ ref('raw_orders') }}
