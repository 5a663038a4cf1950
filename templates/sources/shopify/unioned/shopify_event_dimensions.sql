{{ config(materialized=nexus.nexus_between(), enabled=nexus.nexus_source_shipped('shopify')) }}

select
    {{ nexus.create_nexus_id('event_dimension', ['event_id', "'currency'"]) }} as event_dimension_id,
    event_id,
    'currency' as dimension_name,
    currency as dimension_value,
    occurred_at,
    source,
    _ingested_at
from {{ ref('shopify_order_events') }}
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
from {{ ref('shopify_buyer_events') }}
where currency is not null
