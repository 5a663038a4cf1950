select 1 as "Order ID", 'x' as "group"
