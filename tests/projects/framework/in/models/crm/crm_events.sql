select
    event_id,
    cast('2024-01-01 00:00:00' as timestamp) as occurred_at,
    'seen' as event_name,
    'test' as event_type,
    event_id as event_description,
    0 as significance,
    'crm' as source,
    'crm_events' as source_table,
    cast('2024-01-02 00:00:00' as timestamp) as _ingested_at
from (
    select distinct event_id from {{ ref('crm_entity_identifiers') }}
) as events
