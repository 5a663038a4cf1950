{{ config(materialized=nexus.nexus_between(), enabled=nexus.nexus_source_shipped('google_calendar')) }}

select
    {{ nexus.create_nexus_id('event_dimension', ['event_id', "'is_external'"]) }} as event_dimension_id,
    event_id,
    'is_external' as dimension_name,
    case when is_external then 'true' else 'false' end as dimension_value,
    occurred_at,
    source,
    _ingested_at
from {{ ref('google_calendar_meeting_events') }}

union all

select
    {{ nexus.create_nexus_id('event_dimension', ['event_id', "'is_all_day'"]) }} as event_dimension_id,
    event_id,
    'is_all_day' as dimension_name,
    case when is_all_day then 'true' else 'false' end as dimension_value,
    occurred_at,
    source,
    _ingested_at
from {{ ref('google_calendar_meeting_events') }}

union all

select
    {{ nexus.create_nexus_id('event_dimension', ['event_id', "'is_external'"]) }} as event_dimension_id,
    event_id,
    'is_external' as dimension_name,
    case when is_external then 'true' else 'false' end as dimension_value,
    occurred_at,
    source,
    _ingested_at
from {{ ref('google_calendar_response_events') }}

union all

select
    {{ nexus.create_nexus_id('event_dimension', ['event_id', "'response_status'"]) }} as event_dimension_id,
    event_id,
    'response_status' as dimension_name,
    response_status as dimension_value,
    occurred_at,
    source,
    _ingested_at
from {{ ref('google_calendar_response_events') }}
where response_status is not null
