{{ config(materialized='table', enabled=nexus.nexus_source_shipped('google_calendar')) }}

-- One row a version of a meeting, whatever the number of calendars and synchronisations that hold it.
-- The key is the iCalendar uid, with the original start for an instance of a series, so that a meeting
-- that moves keeps it. A bare cancellation takes the key of the earlier versions with its id.
with details as (
    select
        _connection_id,
        calendar_event_id,
        coalesce(ical_uid, calendar_event_id)
            || case when series_id is not null then '|' || coalesce(replace(substr({{ nexus.nexus_timestamp_text('original_starts_at') }}, 1, 19), 'T', ' '), calendar_event_id) else '' end
            as meeting_key,
        status,
        is_bare,
        is_series,
        is_all_day,
        starts_at,
        ends_at,
        created_at,
        updated_at,
        summary,
        location,
        organizer_email,
        organizer_name,
        _raw_record as record,
        _ingested_at
    from {{ ref('google_calendar_records') }}
    where reject_reason is null and not is_bare
),

keys as (
    select
        _connection_id,
        calendar_event_id,
        min(meeting_key) as meeting_key
    from details
    group by _connection_id, calendar_event_id
),

versions as (
    select
        meeting_key, status, is_bare, is_series, is_all_day, starts_at, ends_at, created_at, updated_at,
        summary, location, organizer_email, organizer_name, record, _ingested_at
    from details

    union all

    select
        keys.meeting_key, bare.status, bare.is_bare, false as is_series, bare.is_all_day, bare.starts_at, bare.ends_at,
        bare.created_at, bare.updated_at, bare.summary, bare.location, bare.organizer_email, bare.organizer_name,
        bare._raw_record as record, bare._ingested_at
    from {{ ref('google_calendar_records') }} as bare
    inner join keys
        on bare._connection_id = keys._connection_id
        and bare.calendar_event_id = keys.calendar_event_id
    where bare.reject_reason is null and bare.is_bare
),

ranked as (
    select
        meeting_key, status, is_bare, is_series, is_all_day, starts_at, ends_at, created_at, updated_at,
        summary, location, organizer_email, organizer_name, record, _ingested_at,
        row_number() over (
            partition by meeting_key, updated_at, status
            order by _ingested_at asc nulls last, record
        ) as sighting
    from versions
)

select
    meeting_key, status, is_bare, is_series, is_all_day, starts_at, ends_at, created_at, updated_at,
    summary, location, organizer_email, organizer_name, record, _ingested_at
from ranked
where sighting = 1
