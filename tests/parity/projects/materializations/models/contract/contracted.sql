select 1 as id, 'a' as name, 1.5::decimal(10, 2) as amount
