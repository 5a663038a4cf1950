{{ config(enabled=nexus.nexus_source_shipped('shopify')) }}

select
    {{ nexus.create_nexus_id('event', ["'shopify'", 'webhook_id']) }} as event_id,
    occurred_at,
    'customer created' as event_name,
    'commerce' as event_type,
    coalesce(name, raw_email, shopify_customer_id) as event_description,
    10 as significance,
    'shopify' as source,
    'shopify_buyer_events' as source_table,
    webhook_id,
    myshopify_domain,
    cast(null as {{ dbt.type_numeric() }}) as amount,
    cast(null as {{ dbt.type_string() }}) as currency,
    _ingested_at
from {{ ref('shopify_buyers') }}
where topic = 'customers/create'

union all

select
    {{ nexus.create_nexus_id('event', ["'shopify'", 'webhook_id']) }} as event_id,
    occurred_at,
    'checkout abandoned' as event_name,
    'commerce' as event_type,
    'Checkout abandoned' as event_description,
    30 as significance,
    'shopify' as source,
    'shopify_buyer_events' as source_table,
    webhook_id,
    myshopify_domain,
    amount,
    currency,
    _ingested_at
from {{ ref('shopify_abandoned_checkouts') }}
