{{ config(materialized='table', enabled=nexus.nexus_source_shipped('stripe')) }}

-- One row a change of a subscription. A pause is either the status `paused` (a trial that ended
-- without a payment method) or paused collection on a subscription that stays active.
with versions as (
    select
        webhook_id,
        webhook_type,
        object_id as stripe_subscription_id,
        stripe_customer_id,
        {{ nexus.nexus_json_text('object', 'status') }} as status,
        {{ nexus.nexus_json_text('object', 'pause_collection') }} is not null as is_collection_paused,
        coalesce(previous_attributes like '%"pause_collection"%', false) as is_collection_changed,
        currency,
        occurred_at,
        _ingested_at
    from {{ ref('stripe_webhooks') }}
    where webhook_type like 'customer.subscription.%'
)

select
    webhook_id,
    stripe_subscription_id,
    stripe_customer_id,
    status,
    case
        when webhook_type = 'customer.subscription.created' then 'started'
        when webhook_type = 'customer.subscription.deleted' then 'cancelled'
        when webhook_type = 'customer.subscription.paused' then 'paused'
        when webhook_type = 'customer.subscription.resumed' then 'resumed'
        when webhook_type = 'customer.subscription.updated' and is_collection_changed and is_collection_paused then 'paused'
        when webhook_type = 'customer.subscription.updated' and is_collection_changed then 'resumed'
        when webhook_type = 'customer.subscription.updated' then 'changed'
    end as change,
    case
        when webhook_type = 'customer.subscription.deleted' then 'cancelled'
        when status in ('canceled', 'incomplete_expired') then 'cancelled'
        when status = 'paused' then 'paused'
        when status in ('past_due', 'unpaid') then 'past_due'
        when is_collection_paused then 'paused'
        when status = 'trialing' then 'trial'
        when status = 'active' then 'active'
    end as billing_lifecycle,
    currency,
    occurred_at,
    _ingested_at
from versions
where webhook_type in (
    'customer.subscription.created', 'customer.subscription.updated', 'customer.subscription.deleted',
    'customer.subscription.paused', 'customer.subscription.resumed'
)
