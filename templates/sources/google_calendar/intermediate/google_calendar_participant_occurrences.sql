{{ config(materialized='table', enabled=nexus.nexus_source_shipped('google_calendar')) }}

-- One row a person in an event, wide. A response has its responder and the organizer. Nobody of a
-- meeting is linked to anybody: each address has its own edge.
with events as (
    select
        event_id,
        occurred_at,
        meeting_key,
        cast(null as {{ dbt.type_string() }}) as responder_email,
        _ingested_at
    from {{ ref('google_calendar_meeting_events') }}
    union all
    select event_id, occurred_at, meeting_key, responder_email, _ingested_at
    from {{ ref('google_calendar_response_events') }}
)

select
    events.event_id,
    events.occurred_at,
    participants.role,
    participants.email,
    participants.domain,
    not {{ nexus.is_generic_domain('participants.domain') }} as is_company_domain,
    participants.is_shared_mailbox,
    case when not participants.is_shared_mailbox then participants.name end as name,
    case when participants.is_shared_mailbox then 'shared' else 'personal' end as mailbox_type,
    'google_calendar' as source,
    case
        when participants._ingested_at > events._ingested_at then participants._ingested_at
        else events._ingested_at
    end as _ingested_at
from events
inner join {{ ref('google_calendar_participants') }} as participants
    on events.meeting_key = participants.meeting_key
where events.responder_email is null
    or participants.role = 'organizer'
    or participants.email = events.responder_email
