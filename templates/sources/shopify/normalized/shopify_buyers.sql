{{ config(materialized='table', enabled=nexus.nexus_source_shipped('shopify')) }}

-- One row a delivery that names a customer of a shop: the customer resource itself, or the one inside
-- an order or a checkout.
with fields as (
    select
        webhook_id,
        topic,
        payload_id,
        myshopify_domain,
        case when topic = 'customers/create' then payload_id else {{ nexus.nexus_json_text('payload', 'customer.id') }} end as shopify_customer_id,
        nullif(trim(case when topic = 'customers/create' then {{ nexus.nexus_json_text('payload', 'email') }}
            else coalesce({{ nexus.nexus_json_text('payload', 'customer.email') }}, {{ nexus.nexus_json_text('payload', 'email') }}) end), '') as raw_email,
        nullif(trim(case when topic = 'customers/create' then {{ nexus.nexus_json_text('payload', 'phone') }}
            else coalesce({{ nexus.nexus_json_text('payload', 'customer.phone') }}, {{ nexus.nexus_json_text('payload', 'phone') }}) end), '') as raw_phone,
        case when topic = 'customers/create' then {{ nexus.nexus_json_text('payload', 'first_name') }}
            else {{ nexus.nexus_json_text('payload', 'customer.first_name') }} end as first_name,
        case when topic = 'customers/create' then {{ nexus.nexus_json_text('payload', 'last_name') }}
            else {{ nexus.nexus_json_text('payload', 'customer.last_name') }} end as last_name,
        occurred_at,
        _ingested_at
    from {{ ref('shopify_webhooks') }}
    where topic in ('customers/create', 'orders/create', 'orders/cancelled', 'checkouts/create', 'checkouts/update')
)

select
    webhook_id,
    topic,
    payload_id,
    myshopify_domain,
    nullif(shopify_customer_id, '') as shopify_customer_id,
    raw_email,
    raw_phone,
    {{ nexus.normalize_email('raw_email') }} as email,
    {{ nexus.normalize_phone('raw_phone') }} as phone,
    nullif(trim(coalesce(first_name, '') || ' ' || coalesce(last_name, '')), '') as name,
    occurred_at,
    _ingested_at
from fields
