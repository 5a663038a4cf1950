{{ config(materialized=nexus.nexus_between(), enabled=nexus.nexus_source_shipped('gmail')) }}

select
    {{ nexus.create_nexus_id('event_dimension', ['event_id', "'is_external'"]) }} as event_dimension_id,
    event_id,
    'is_external' as dimension_name,
    case when is_external then 'true' else 'false' end as dimension_value,
    occurred_at,
    source,
    _ingested_at
from {{ ref('gmail_message_events') }}

union all

select
    {{ nexus.create_nexus_id('event_dimension', ['event_id', "'is_bulk'"]) }} as event_dimension_id,
    event_id,
    'is_bulk' as dimension_name,
    case when is_bulk then 'true' else 'false' end as dimension_value,
    occurred_at,
    source,
    _ingested_at
from {{ ref('gmail_message_events') }}
