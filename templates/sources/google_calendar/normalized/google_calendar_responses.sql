{{ config(materialized='table', enabled=nexus.nexus_source_shipped('google_calendar')) }}

-- One row an answer of an attendee: the first version that shows it. Google reports no time of the
-- answer itself; the version's update is the nearest known.
with ranked as (
    select
        meeting_key,
        email,
        response_status,
        updated_at as responded_at,
        _ingested_at,
        row_number() over (
            partition by meeting_key, email, response_status
            order by updated_at asc nulls last, _ingested_at asc
        ) as sighting
    from {{ ref('google_calendar_attendees') }}
    where role = 'attendee'
        and email is not null
        and response_status in ('accepted', 'declined', 'tentative')
)

select meeting_key, email, response_status, responded_at, _ingested_at
from ranked
where sighting = 1
