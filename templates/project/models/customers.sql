{{ config(materialized='table') }}

with paid_orders as (

    select * from {{ ref('orders') }}
    where status = 'paid'

)

select
    customer_email,
    min(ordered_on) as first_ordered_on,
    count(*) as paid_orders,
    sum(amount) as paid_amount
from paid_orders
group by customer_email
