{{ config(enabled=nexus.nexus_source_shipped('google_calendar')) }}

with happenings as (
    select
        meeting_key,
        'scheduled' as happening,
        created_at as occurred_at,
        first_ingested_at as _ingested_at
    from {{ ref('google_calendar_meetings') }}

    union all

    select
        meeting_key,
        'held' as happening,
        starts_at as occurred_at,
        -- Known as held once it is over, which may be after its last record arrived.
        case when ends_at > _ingested_at then ends_at else _ingested_at end as _ingested_at
    from {{ ref('google_calendar_meetings') }}
    where is_held

    union all

    select
        meeting_key,
        'cancelled' as happening,
        cancelled_at as occurred_at,
        _ingested_at
    from {{ ref('google_calendar_meetings') }}
    where cancelled_at is not null
)

select
    {{ nexus.create_nexus_id('event', ["'google_calendar meeting'", 'happenings.meeting_key', 'happenings.happening']) }} as event_id,
    happenings.occurred_at,
    'meeting ' || happenings.happening as event_name,
    case when meetings.is_external then 'external_meeting' else 'internal_meeting' end as event_type,
    meetings.summary as event_description,
    case happenings.happening when 'held' then 100 when 'cancelled' then 30 else 20 end as significance,
    'google_calendar' as source,
    'google_calendar_meeting_events' as source_table,
    happenings.meeting_key,
    meetings.starts_at,
    meetings.ends_at,
    meetings.is_all_day,
    meetings.is_external,
    meetings.location,
    happenings._ingested_at
from happenings
inner join {{ ref('google_calendar_meetings') }} as meetings on happenings.meeting_key = meetings.meeting_key
