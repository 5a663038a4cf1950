{{ config(materialized='table', enabled=nexus.nexus_source_shipped('google_calendar')) }}

-- One row a raw row, with its key and times read in UTC, and the reason if it is unusable. A cancelled
-- event may come bare, with its id only; a series is the template of its instances, not a meeting.
with records as (
    select
        _ingested_at,
        _connection_id,
        _raw_record,
        case when {{ nexus.nexus_json_valid('_raw_record') }} then _raw_record end as record
    from {{ ref('base_google_calendar_events') }}
),

fields as (
    select
        _ingested_at,
        _connection_id,
        _raw_record,
        record,
        nullif(trim({{ nexus.nexus_json_text('record', 'id') }}), '') as calendar_event_id,
        nullif(trim({{ nexus.nexus_json_text('record', 'iCalUID') }}), '') as ical_uid,
        lower({{ nexus.nexus_json_text('record', 'status') }}) as status,
        nullif(trim({{ nexus.nexus_json_text('record', 'start.dateTime') }}), '') as start_time,
        nullif(trim({{ nexus.nexus_json_text('record', 'start.date') }}), '') as start_date,
        nullif(trim({{ nexus.nexus_json_text('record', 'end.dateTime') }}), '') as end_time,
        nullif(trim({{ nexus.nexus_json_text('record', 'end.date') }}), '') as end_date,
        coalesce(
            {{ nexus.nexus_json_text('record', 'originalStartTime.dateTime') }},
            {{ nexus.nexus_json_text('record', 'originalStartTime.date') }}
        ) as original_start,
        {{ nexus.nexus_json_text('record', 'recurringEventId') }} as series_id,
        {{ nexus.nexus_json_text('record', 'recurrence') }} as recurrence,
        {{ nexus.nexus_json_text('record', 'created') }} as created,
        {{ nexus.nexus_json_text('record', 'updated') }} as updated,
        {{ nexus.nexus_json_text('record', 'summary') }} as summary,
        {{ nexus.nexus_json_text('record', 'location') }} as location,
        {{ nexus.nexus_json_text('record', 'organizer.email') }} as organizer_email,
        {{ nexus.nexus_json_text('record', 'organizer.displayName') }} as organizer_name
    from records
),

times as (
    select
        _ingested_at,
        _connection_id,
        _raw_record,
        record,
        calendar_event_id,
        ical_uid,
        status,
        coalesce(start_time, start_date) as start_text,
        start_time is null and start_date is not null as is_all_day,
        -- A day without a time starts at midnight UTC.
        {{ nexus.nexus_timestamp_from_text("coalesce(start_time, start_date || 'T00:00:00Z')") }} as starts_at,
        {{ nexus.nexus_timestamp_from_text("coalesce(end_time, end_date || 'T00:00:00Z')") }} as ends_at,
        {{ nexus.nexus_timestamp_from_text("case when length(original_start) = 10 then original_start || 'T00:00:00Z' else original_start end") }} as original_starts_at,
        series_id,
        recurrence is not null as is_series,
        {{ nexus.nexus_timestamp_from_text('created') }} as created_at,
        {{ nexus.nexus_timestamp_from_text('updated') }} as updated_at,
        summary,
        location,
        organizer_email,
        organizer_name
    from fields
)

select
    _ingested_at,
    _connection_id,
    _raw_record,
    record,
    calendar_event_id,
    ical_uid,
    status,
    is_all_day,
    starts_at,
    ends_at,
    original_starts_at,
    series_id,
    is_series,
    created_at,
    coalesce(updated_at, _ingested_at) as updated_at,
    summary,
    location,
    organizer_email,
    organizer_name,
    coalesce(status, '') = 'cancelled' and start_text is null as is_bare,
    case
        when trim(coalesce(_raw_record, '')) in ('', 'null') then 'missing record'
        when record is null then 'invalid json'
        when calendar_event_id is null then 'missing id'
        when coalesce(status, '') = 'cancelled' and start_text is null then null
        when start_text is null then 'missing start'
        when starts_at is null then 'unparseable start'
    end as reject_reason
from times
