{{ config(materialized='table', enabled=nexus.nexus_source_shipped('google_calendar')) }}

-- Rows that became nothing (scope row) and values that identify nobody in rows that are otherwise
-- good (scope value), each with its reason.
with details as (
    select distinct _connection_id, calendar_event_id
    from {{ ref('google_calendar_records') }}
    where reject_reason is null and not is_bare
),

instances as (
    select distinct series_id
    from {{ ref('google_calendar_records') }}
    where reject_reason is null and series_id is not null
),

unusable as (
    select
        'row' as scope,
        calendar_event_id as record_key,
        cast(null as {{ dbt.type_string() }}) as field,
        _raw_record as raw_value,
        reject_reason as reason,
        _ingested_at
    from {{ ref('google_calendar_records') }}
    where reject_reason is not null

    union all

    select
        'row' as scope,
        bare.calendar_event_id as record_key,
        cast(null as {{ dbt.type_string() }}) as field,
        bare._raw_record as raw_value,
        'cancelled without details' as reason,
        bare._ingested_at
    from {{ ref('google_calendar_records') }} as bare
    left join details
        on bare._connection_id = details._connection_id
        and bare.calendar_event_id = details.calendar_event_id
    where bare.reject_reason is null and bare.is_bare and details.calendar_event_id is null

    union all

    select
        'row' as scope,
        series.calendar_event_id as record_key,
        cast(null as {{ dbt.type_string() }}) as field,
        series._raw_record as raw_value,
        'series without instances' as reason,
        series._ingested_at
    from {{ ref('google_calendar_records') }} as series
    left join instances on series.calendar_event_id = instances.series_id
    where series.reject_reason is null and series.is_series and instances.series_id is null

    union all

    select distinct
        'value' as scope,
        meeting_key as record_key,
        role as field,
        raw_email as raw_value,
        'malformed email' as reason,
        min(_ingested_at) over (partition by meeting_key, role, raw_email) as _ingested_at
    from {{ ref('google_calendar_attendees') }}
    where email is null
)

select
    {{ nexus.create_nexus_id('reject', ["'google_calendar'", 'scope', 'record_key', 'field', 'raw_value', 'reason', '_ingested_at']) }} as reject_id,
    'google_calendar' as source,
    'google_calendar_events' as source_table,
    scope,
    record_key,
    field,
    raw_value,
    reason,
    _ingested_at
from unusable
