select 10 as id, 1 as customer_id, 7 as shop_id
union all
select 11, 2, 7
