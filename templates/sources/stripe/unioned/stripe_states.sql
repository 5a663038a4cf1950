{{ config(materialized=nexus.nexus_between(), enabled=nexus.nexus_source_shipped('stripe')) }}

-- One row an entry into a state, of the billing account that the subscription belongs to. Entries of
-- equal value in a row are kept; the timeline collapses them.
select
    {{ nexus.create_nexus_id('state', ['event_id', "'billing_lifecycle'", 'stripe_customer_id']) }} as state_entry_id,
    event_id,
    'group' as entity_type,
    'stripe_customer_id' as identifier_type,
    stripe_customer_id as identifier_value,
    'billing_lifecycle' as state_name,
    billing_lifecycle as state_value,
    occurred_at,
    source,
    _ingested_at
from {{ ref('stripe_subscription_events') }}
where billing_lifecycle is not null
    and stripe_customer_id is not null
