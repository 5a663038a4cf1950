{{ config(enabled=nexus.nexus_source_shipped('stripe')) }}

select
    {{ nexus.create_nexus_id('event', ["'stripe'", 'webhook_id']) }} as event_id,
    occurred_at,
    'subscription ' || change as event_name,
    'billing' as event_type,
    'Subscription ' || change || ' (' || status || ')' as event_description,
    case change when 'changed' then 20 else 70 end as significance,
    'stripe' as source,
    'stripe_subscription_events' as source_table,
    webhook_id,
    stripe_customer_id,
    stripe_subscription_id,
    status,
    billing_lifecycle,
    _ingested_at
from {{ ref('stripe_subscriptions') }}
