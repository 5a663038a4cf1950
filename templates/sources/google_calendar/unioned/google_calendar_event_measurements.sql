{{ config(materialized=nexus.nexus_between(), enabled=nexus.nexus_source_shipped('google_calendar')) }}

select
    {{ nexus.create_nexus_id('event_measurement', ['event_id', "'duration_minutes'"]) }} as event_measurement_id,
    event_id,
    'duration_minutes' as measurement_name,
    {{ dbt.datediff('starts_at', 'ends_at', 'minute') }} as value,
    'minutes' as value_unit,
    occurred_at,
    source,
    _ingested_at
from {{ ref('google_calendar_meeting_events') }}
where {{ dbt.datediff('starts_at', 'ends_at', 'minute') }} is not null
