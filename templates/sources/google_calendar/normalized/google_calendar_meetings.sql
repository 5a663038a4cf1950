{{ config(materialized='table', enabled=nexus.nexus_source_shipped('google_calendar')) }}

-- One row a meeting: details of its newest version that has any, status of its newest version. It was
-- held if it is not cancelled and ended before the newest record of the source arrived: the clock is the
-- data's, so that a rebuild gives the same rows.
with clock as (
    select max(_ingested_at) as as_of
    from {{ ref('google_calendar_records') }}
),

states as (
    select
        meeting_key,
        status,
        row_number() over (
            partition by meeting_key
            order by updated_at desc nulls last, _ingested_at desc, status
        ) as recency
    from {{ ref('google_calendar_versions') }}
    where not is_series
),

details as (
    select
        meeting_key,
        is_all_day,
        starts_at,
        ends_at,
        summary,
        location,
        row_number() over (
            partition by meeting_key
            order by updated_at desc nulls last, _ingested_at desc, record
        ) as recency
    from {{ ref('google_calendar_versions') }}
    where not is_series and not is_bare
),

spans as (
    select
        meeting_key,
        coalesce(min(created_at), min(updated_at)) as created_at,
        min(case when status = 'cancelled' then updated_at end) as cancelled_at,
        min(_ingested_at) as first_ingested_at,
        max(_ingested_at) as _ingested_at
    from {{ ref('google_calendar_versions') }}
    where not is_series
    group by meeting_key
),

outsiders as (
    select
        meeting_key,
        count(*) as outsider_count
    from {{ ref('google_calendar_participants') }}
    where not {{ nexus.nexus_is_internal_domain('domain') }}
    group by meeting_key
)

select
    details.meeting_key,
    details.summary,
    details.location,
    details.is_all_day,
    details.starts_at,
    coalesce(details.ends_at, details.starts_at) as ends_at,
    spans.created_at,
    case when states.status = 'cancelled' then spans.cancelled_at end as cancelled_at,
    coalesce(states.status, '') <> 'cancelled' and coalesce(details.ends_at, details.starts_at) <= clock.as_of as is_held,
    coalesce(outsiders.outsider_count, 0) > 0 as is_external,
    spans.first_ingested_at,
    spans._ingested_at
from details
inner join states on details.meeting_key = states.meeting_key and states.recency = 1
inner join spans on details.meeting_key = spans.meeting_key
left join outsiders on details.meeting_key = outsiders.meeting_key
cross join clock
where details.recency = 1
