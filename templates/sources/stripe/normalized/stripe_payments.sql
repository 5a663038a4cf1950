{{ config(materialized='table', enabled=nexus.nexus_source_shipped('stripe')) }}

-- One row a payment that succeeded, was refunded in part or whole, or was disputed. A dispute names
-- its charge only; customer and payer come from there.
with occurrences as (
    select
        webhook_id,
        case webhook_type
            when 'payment_intent.succeeded' then 'succeeded'
            when 'charge.refunded' then 'refunded'
            when 'charge.dispute.created' then 'disputed'
        end as outcome,
        case webhook_type
            when 'payment_intent.succeeded' then {{ nexus.nexus_json_text('object', 'latest_charge') }}
            when 'charge.refunded' then object_id
            when 'charge.dispute.created' then {{ nexus.nexus_json_text('object', 'charge') }}
        end as charge_id,
        case webhook_type
            when 'payment_intent.succeeded' then {{ nexus.nexus_integer_from_text(nexus.nexus_json_text('object', 'amount_received')) }}
            -- Stripe reports the sum of all refunds of the charge; the event is the difference.
            when 'charge.refunded' then {{ nexus.nexus_integer_from_text(nexus.nexus_json_text('object', 'amount_refunded')) }}
                - coalesce({{ nexus.nexus_integer_from_text(nexus.nexus_json_text('previous_attributes', 'amount_refunded')) }}, 0)
            when 'charge.dispute.created' then {{ nexus.nexus_integer_from_text(nexus.nexus_json_text('object', 'amount')) }}
        end as amount_minor,
        case when webhook_type = 'charge.dispute.created' then {{ nexus.nexus_json_text('object', 'reason') }} end as reason,
        nullif(trim({{ nexus.nexus_json_text('object', 'receipt_email') }}), '') as receipt_email,
        stripe_customer_id,
        currency,
        occurred_at,
        _ingested_at
    from {{ ref('stripe_webhooks') }}
    where webhook_type in ('payment_intent.succeeded', 'charge.refunded', 'charge.dispute.created')
)

select
    occurrences.webhook_id,
    occurrences.outcome,
    occurrences.charge_id,
    coalesce(occurrences.stripe_customer_id, charges.stripe_customer_id) as stripe_customer_id,
    coalesce(charges.raw_email, occurrences.receipt_email) as raw_email,
    charges.raw_phone,
    charges.name,
    charges.card_brand,
    occurrences.reason,
    {{ nexus.stripe_amount('occurrences.amount_minor', 'occurrences.currency') }} as amount,
    occurrences.currency,
    occurrences.occurred_at,
    case
        when charges._ingested_at > occurrences._ingested_at then charges._ingested_at
        else occurrences._ingested_at
    end as _ingested_at
from occurrences
left join {{ ref('stripe_charges') }} as charges on occurrences.charge_id = charges.charge_id
