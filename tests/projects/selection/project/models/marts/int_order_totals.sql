{{ config(materialized='ephemeral') }}
select o.id, sum(p.amount) as total from {{ ref('stg_orders') }} as o left join {{ ref('stg_payments') }} as p on p.order_id = o.id group by 1
