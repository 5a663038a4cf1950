select 1 as order_id, 2 as customer_id, cast('2024-01-01' as date) as ordered_on, 10.5 as amount, 'x' as status
