{{ config(enabled=nexus.nexus_source_shipped('shopify')) }}

select
    {{ nexus.create_nexus_id('event', ["'shopify'", 'webhook_id']) }} as event_id,
    occurred_at,
    'order ' || change as event_name,
    'commerce' as event_type,
    'Order ' || order_name || ' ' || change as event_description,
    case change when 'placed' then 20 when 'fulfilled' then 5 else 40 end as significance,
    'shopify' as source,
    'shopify_order_events' as source_table,
    webhook_id,
    buyer_webhook_id,
    myshopify_domain,
    shopify_order_id,
    order_name,
    amount,
    currency,
    _ingested_at
from {{ ref('shopify_order_changes') }}
