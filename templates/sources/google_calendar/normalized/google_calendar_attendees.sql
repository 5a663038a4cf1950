{{ config(materialized='table', enabled=nexus.nexus_source_shipped('google_calendar')) }}

-- One row an attendee entry of a version of a meeting, the organizer included; entries that are no
-- address are kept with a null email.
with versions as (
    select meeting_key, updated_at, organizer_email, organizer_name, record, _ingested_at
    from {{ ref('google_calendar_versions') }}
    where not is_series
),

elements as (
    {{ nexus.nexus_json_elements('versions', ['meeting_key', 'updated_at', '_ingested_at'], 'record', 'attendees') }}
),

entries as (
    select
        meeting_key,
        updated_at,
        'attendee' as role,
        {{ nexus.nexus_json_text('element', 'email') }} as raw_email,
        {{ nexus.nexus_json_text('element', 'displayName') }} as name,
        {{ nexus.nexus_json_text('element', 'responseStatus') }} as response_status,
        coalesce({{ nexus.nexus_json_text('element', 'organizer') }}, 'false') = 'true' as is_organizer,
        _ingested_at
    from elements

    union all

    select
        meeting_key,
        updated_at,
        'organizer' as role,
        organizer_email as raw_email,
        organizer_name as name,
        cast(null as {{ dbt.type_string() }}) as response_status,
        true as is_organizer,
        _ingested_at
    from versions
    where organizer_email is not null
)

select
    meeting_key,
    updated_at,
    role,
    raw_email,
    {{ nexus.normalize_email('raw_email') }} as email,
    nullif(trim(name), '') as name,
    response_status,
    is_organizer,
    _ingested_at
from entries
-- The organizer's own entry among the attendees says nothing more than the organizer field.
where not (role = 'attendee' and is_organizer)
