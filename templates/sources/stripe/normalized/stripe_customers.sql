{{ config(materialized='table', enabled=nexus.nexus_source_shipped('stripe')) }}

-- One row a version of a customer, as `customer.created` and `customer.updated` deliver it.
with fields as (
    select
        webhook_id,
        webhook_type,
        stripe_customer_id,
        nullif(trim({{ nexus.nexus_json_text('object', 'email') }}), '') as raw_email,
        nullif(trim({{ nexus.nexus_json_text('object', 'phone') }}), '') as raw_phone,
        nullif(trim({{ nexus.nexus_json_text('object', 'name') }}), '') as name,
        {{ nexus.nexus_json_text('object', 'metadata.company_domain') }} as company_domain,
        {{ nexus.nexus_json_text('object', 'metadata.myshopify_domain') }} as myshopify_domain,
        nullif(trim({{ nexus.nexus_json_text('previous_attributes', 'email') }}), '') as previous_email,
        occurred_at,
        _ingested_at
    from {{ ref('stripe_webhooks') }}
    where webhook_type in ('customer.created', 'customer.updated')
)

select
    webhook_id,
    webhook_type,
    stripe_customer_id,
    raw_email,
    raw_phone,
    name,
    {{ nexus.normalize_email('raw_email') }} as email,
    {{ nexus.normalize_email('previous_email') }} as previous_email,
    {{ nexus.normalize_domain('company_domain') }} as company_domain,
    {{ nexus.normalize_domain('myshopify_domain') }} as myshopify_domain,
    occurred_at,
    _ingested_at
from fields
