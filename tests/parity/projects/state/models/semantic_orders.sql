{{ config(materialized='table') }}
select 1 as id, 2 as customer_id, date '2024-01-01' as day, 3 as amount, 'a' as kind
