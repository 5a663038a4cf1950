{{ config(materialized='table', enabled=nexus.nexus_source_shipped('stripe')) }}

-- One row a charge: who paid, by its newest version.
with versions as (
    select
        object_id as charge_id,
        stripe_customer_id,
        object,
        _ingested_at,
        row_number() over (partition by object_id order by occurred_at desc nulls last, webhook_id desc) as recency
    from {{ ref('stripe_webhooks') }}
    where {{ nexus.nexus_json_text('object', 'object') }} = 'charge'
)

select
    charge_id,
    stripe_customer_id,
    {{ nexus.nexus_json_text('object', 'payment_intent') }} as payment_intent_id,
    nullif(trim({{ nexus.nexus_json_text('object', 'billing_details.email') }}), '') as raw_email,
    nullif(trim({{ nexus.nexus_json_text('object', 'billing_details.phone') }}), '') as raw_phone,
    nullif(trim({{ nexus.nexus_json_text('object', 'billing_details.name') }}), '') as name,
    {{ nexus.nexus_json_text('object', 'payment_method_details.card.brand') }} as card_brand,
    {{ nexus.nexus_json_text('object', 'payment_method_details.card.last4') }} as card_last4,
    _ingested_at
from versions
where recency = 1
