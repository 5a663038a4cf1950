{{ config(materialized='table', enabled=nexus.nexus_source_shipped('shopify')) }}

-- One row a thing that happened to an order. Fulfillments and refunds name their order only, so a
-- row is known once both have arrived.
with changes as (
    select
        webhook_id,
        topic,
        payload_id,
        case when topic in ('orders/create', 'orders/cancelled') then payload_id else {{ nexus.nexus_json_text('payload', 'order_id') }} end as shopify_order_id,
        myshopify_domain,
        case topic
            when 'orders/create' then 'placed'
            when 'orders/cancelled' then 'cancelled'
            when 'fulfillments/create' then 'fulfilled'
            when 'refunds/create' then 'refunded'
        end as change,
        case
            when topic in ('orders/create', 'orders/cancelled') then {{ nexus.nexus_json_text('payload', 'total_price') }}
            when topic = 'refunds/create' then {{ nexus.nexus_json_text('payload', 'transactions[0].amount') }}
        end as amount_text,
        lower(coalesce({{ nexus.nexus_json_text('payload', 'currency') }}, {{ nexus.nexus_json_text('payload', 'transactions[0].currency') }})) as currency,
        occurred_at,
        _ingested_at
    from {{ ref('shopify_webhooks') }}
    where topic in ('orders/create', 'orders/cancelled', 'fulfillments/create', 'refunds/create')
),

ranked as (
    select
        webhook_id,
        payload_id,
        shopify_order_id,
        myshopify_domain,
        change,
        amount_text,
        currency,
        occurred_at,
        _ingested_at,
        row_number() over (partition by change, payload_id order by occurred_at, webhook_id) as occurrence
    from changes
)

select
    ranked.webhook_id,
    coalesce(orders.buyer_webhook_id, ranked.webhook_id) as buyer_webhook_id,
    ranked.shopify_order_id,
    coalesce(orders.order_name, ranked.shopify_order_id) as order_name,
    ranked.myshopify_domain,
    ranked.change,
    {{ nexus.nexus_decimal_from_text('ranked.amount_text') }} as amount,
    coalesce(ranked.currency, orders.currency) as currency,
    ranked.occurred_at,
    case when orders._ingested_at > ranked._ingested_at then orders._ingested_at else ranked._ingested_at end as _ingested_at
from ranked
left join {{ ref('shopify_orders') }} as orders on ranked.shopify_order_id = orders.shopify_order_id
where ranked.occurrence = 1
