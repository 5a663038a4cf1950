{{ config(enabled=nexus.nexus_source_shipped('google_calendar')) }}

select
    {{ nexus.create_nexus_id('event', ["'google_calendar response'", 'responses.meeting_key', 'responses.email', 'responses.response_status']) }} as event_id,
    responses.responded_at as occurred_at,
    'response given' as event_name,
    case when meetings.is_external then 'external_meeting' else 'internal_meeting' end as event_type,
    responses.response_status || ': ' || coalesce(meetings.summary, '') as event_description,
    15 as significance,
    'google_calendar' as source,
    'google_calendar_response_events' as source_table,
    responses.meeting_key,
    responses.email as responder_email,
    responses.response_status,
    meetings.is_external,
    responses._ingested_at
from {{ ref('google_calendar_responses') }} as responses
inner join {{ ref('google_calendar_meetings') }} as meetings on responses.meeting_key = meetings.meeting_key
