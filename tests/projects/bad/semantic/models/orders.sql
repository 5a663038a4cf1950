select 1 as order_id, date '2024-01-01' as ordered_at, 2 as amount
