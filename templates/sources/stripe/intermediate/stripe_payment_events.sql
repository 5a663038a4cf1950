{{ config(enabled=nexus.nexus_source_shipped('stripe')) }}

select
    {{ nexus.create_nexus_id('event', ["'stripe'", 'webhook_id']) }} as event_id,
    occurred_at,
    'payment ' || outcome as event_name,
    'billing' as event_type,
    'Payment ' || outcome || coalesce(': ' || reason, '') as event_description,
    case outcome when 'disputed' then 90 when 'refunded' then 50 else 20 end as significance,
    'stripe' as source,
    'stripe_payment_events' as source_table,
    webhook_id,
    stripe_customer_id,
    charge_id,
    card_brand,
    reason,
    amount,
    currency,
    _ingested_at
from {{ ref('stripe_payments') }}
