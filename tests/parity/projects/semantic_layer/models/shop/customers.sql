select 2 as customer_id, cast('2023-01-01' as date) as valid_from, cast(null as date) as valid_to, 'north' as region
