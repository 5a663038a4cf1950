{{ config(materialized=nexus.nexus_between(), enabled=nexus.nexus_source_shipped('stripe')) }}

select
    {{ nexus.create_nexus_id('event_dimension', ['event_id', "'currency'"]) }} as event_dimension_id,
    event_id,
    'currency' as dimension_name,
    currency as dimension_value,
    occurred_at,
    source,
    _ingested_at
from {{ ref('stripe_invoice_events') }}
where currency is not null

union all

select
    {{ nexus.create_nexus_id('event_dimension', ['event_id', "'currency'"]) }} as event_dimension_id,
    event_id,
    'currency' as dimension_name,
    currency as dimension_value,
    occurred_at,
    source,
    _ingested_at
from {{ ref('stripe_payment_events') }}
where currency is not null

union all

select
    {{ nexus.create_nexus_id('event_dimension', ['event_id', "'card_brand'"]) }} as event_dimension_id,
    event_id,
    'card_brand' as dimension_name,
    card_brand as dimension_value,
    occurred_at,
    source,
    _ingested_at
from {{ ref('stripe_payment_events') }}
where card_brand is not null

union all

select
    {{ nexus.create_nexus_id('event_dimension', ['event_id', "'subscription_status'"]) }} as event_dimension_id,
    event_id,
    'subscription_status' as dimension_name,
    status as dimension_value,
    occurred_at,
    source,
    _ingested_at
from {{ ref('stripe_subscription_events') }}
where status is not null
