{{ config(enabled=nexus.nexus_source_shipped('stripe')) }}

select
    {{ nexus.create_nexus_id('event', ["'stripe'", 'webhook_id']) }} as event_id,
    occurred_at,
    case webhook_type when 'customer.created' then 'customer created' else 'customer updated' end as event_name,
    'billing' as event_type,
    coalesce(name, raw_email, stripe_customer_id) as event_description,
    10 as significance,
    'stripe' as source,
    'stripe_customer_events' as source_table,
    webhook_id,
    stripe_customer_id,
    _ingested_at
from {{ ref('stripe_customers') }}
