{{ config(materialized='incremental', unique_key='order_id') }}
-- depends_on: {{ ref('raw_orders') }}
select order_id, amount, placed_at from {{ source('shop', 'shop_orders') }}
{% if is_incremental() %}
where placed_at > (select max(placed_at) from {{ this }})
{% endif %}
