{{ config(materialized='table', enabled=nexus.nexus_source_shipped('stripe')) }}

-- One row an invoice and what happened to it. `invoice.paid` and `invoice.payment_succeeded` report
-- the same payment; the first of them counts.
with mapped as (
    select
        webhook_id,
        object_id as invoice_id,
        stripe_customer_id,
        case webhook_type
            when 'invoice.created' then 'created'
            when 'invoice.paid' then 'paid'
            when 'invoice.payment_succeeded' then 'paid'
            when 'invoice.payment_failed' then 'payment failed'
            when 'invoice.voided' then 'voided'
        end as outcome,
        currency,
        object,
        occurred_at,
        _ingested_at
    from {{ ref('stripe_webhooks') }}
    where webhook_type in (
        'invoice.created', 'invoice.paid', 'invoice.payment_succeeded', 'invoice.payment_failed', 'invoice.voided'
    )
),

ranked as (
    select
        webhook_id,
        invoice_id,
        stripe_customer_id,
        outcome,
        currency,
        object,
        occurred_at,
        _ingested_at,
        row_number() over (
            -- Each failed attempt is an event of its own.
            partition by invoice_id, outcome, case when outcome = 'payment failed' then webhook_id end
            order by occurred_at, webhook_id
        ) as occurrence
    from mapped
)

select
    webhook_id,
    invoice_id,
    stripe_customer_id,
    outcome,
    {{ nexus.nexus_json_text('object', 'number') }} as invoice_number,
    {{ nexus.nexus_json_text('object', 'status') }} as invoice_status,
    {{ nexus.nexus_json_text('object', 'subscription') }} as stripe_subscription_id,
    nullif(trim({{ nexus.nexus_json_text('object', 'customer_email') }}), '') as raw_email,
    nullif(trim({{ nexus.nexus_json_text('object', 'customer_phone') }}), '') as raw_phone,
    {{ nexus.stripe_amount("case outcome when 'paid' then " ~ nexus.nexus_integer_from_text(nexus.nexus_json_text('object', 'amount_paid'))
        ~ ' else ' ~ nexus.nexus_integer_from_text(nexus.nexus_json_text('object', 'amount_due')) ~ ' end', 'currency') }} as amount,
    currency,
    occurred_at,
    _ingested_at
from ranked
where occurrence = 1
