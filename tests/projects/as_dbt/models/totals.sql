{{ config(materialized='table', tags=['daily']) }}
select customer, sum(amount) as amount from {{ ref('staged') }} group by 1 order by 1
