{{ config(materialized='table', enabled=nexus.nexus_source_shipped('shopify')) }}

-- One row an order: its first delivery, with the delivery that names the buyer.
with ranked as (
    select
        payload_id as shopify_order_id,
        webhook_id as buyer_webhook_id,
        myshopify_domain,
        {{ nexus.nexus_json_text('payload', 'name') }} as order_name,
        {{ nexus.nexus_json_text('payload', 'total_price') }} as total_price,
        lower({{ nexus.nexus_json_text('payload', 'currency') }}) as currency,
        _ingested_at,
        row_number() over (
            partition by payload_id
            order by case when topic = 'orders/create' then 0 else 1 end, occurred_at, webhook_id
        ) as precedence
    from {{ ref('shopify_webhooks') }}
    where topic in ('orders/create', 'orders/cancelled')
)

select shopify_order_id, buyer_webhook_id, myshopify_domain, order_name, total_price, currency, _ingested_at
from ranked
where precedence = 1
