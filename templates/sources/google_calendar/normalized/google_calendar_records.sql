{{ config(
    materialized=nexus.nexus_growing(),
    incremental_strategy=nexus.nexus_appending(),
    pre_hook="{{ nexus.nexus_delete_newest_arrival() }}",
    enabled=nexus.nexus_source_shipped('google_calendar')
) }}

-- One row a raw row, with its key and times read in UTC, and the reason if it is unusable. A cancelled
-- event may come bare, with its id only; a series is the template of its instances, not a meeting.
with records as (
    select
        _ingested_at,
        _connection_id,
        _raw_record,
        case when {{ nexus.nexus_json_valid('_raw_record') }} then _raw_record end as record
    from {{ ref('base_google_calendar_events') }}
    {%- if nexus.nexus_adds() %}
    where {{ nexus.nexus_arrived_since() }}
    {%- endif %}
),

texts as (
    {{ nexus.nexus_json_texts('records', ['_ingested_at', '_connection_id', '_raw_record', 'record'], 'record', {
        'json_id': 'id',
        'json_ical_uid': 'iCalUID',
        'json_status': 'status',
        'json_start_date_time': 'start.dateTime',
        'json_start_date': 'start.date',
        'json_end_date_time': 'end.dateTime',
        'json_end_date': 'end.date',
        'json_original_start_time_date_time': 'originalStartTime.dateTime',
        'json_original_start_time_date': 'originalStartTime.date',
        'json_recurring_event_id': 'recurringEventId',
        'json_recurrence': 'recurrence',
        'json_created': 'created',
        'json_updated': 'updated',
        'json_summary': 'summary',
        'json_location': 'location',
        'json_organizer_email': 'organizer.email',
        'json_organizer_display_name': 'organizer.displayName'
    }) | indent(4) }}
),

fields as (
    select
        _ingested_at,
        _connection_id,
        _raw_record,
        record,
        nullif(trim(json_id), '') as calendar_event_id,
        nullif(trim(json_ical_uid), '') as ical_uid,
        lower(json_status) as status,
        nullif(trim(json_start_date_time), '') as start_time,
        nullif(trim(json_start_date), '') as start_date,
        nullif(trim(json_end_date_time), '') as end_time,
        nullif(trim(json_end_date), '') as end_date,
        coalesce(
            json_original_start_time_date_time,
            json_original_start_time_date
        ) as original_start,
        json_recurring_event_id as series_id,
        json_recurrence as recurrence,
        json_created as created,
        json_updated as updated,
        json_summary as summary,
        json_location as location,
        json_organizer_email as organizer_email,
        json_organizer_display_name as organizer_name
    from texts
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
