{{ config(enabled=nexus.nexus_source_shipped('stripe')) }}

select
    {{ nexus.create_nexus_id('event', ["'stripe'", 'webhook_id']) }} as event_id,
    occurred_at,
    'invoice ' || outcome as event_name,
    'billing' as event_type,
    'Invoice ' || coalesce(invoice_number, invoice_id) || ' ' || outcome as event_description,
    case outcome when 'payment failed' then 60 when 'voided' then 20 else 10 end as significance,
    'stripe' as source,
    'stripe_invoice_events' as source_table,
    webhook_id,
    stripe_customer_id,
    invoice_id,
    invoice_number,
    invoice_status,
    stripe_subscription_id,
    amount,
    currency,
    _ingested_at
from {{ ref('stripe_invoices') }}
