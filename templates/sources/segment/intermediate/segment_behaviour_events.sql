{{ config(materialized='table', enabled=nexus.nexus_source_shipped('segment')) }}

-- One row a track, page or screen call. A track call gives its own name to the event, in lower case.
with fields as (
    select
        message_id,
        call_type,
        track_name,
        coalesce({{ nexus.nexus_json_text('record', 'name') }}, {{ nexus.nexus_json_text('record', 'properties.title') }},
            {{ nexus.nexus_json_text('record', 'context.page.title') }}) as title,
        coalesce({{ nexus.nexus_json_text('record', 'properties.path') }}, {{ nexus.nexus_json_text('record', 'context.page.path') }}) as page_path,
        coalesce({{ nexus.nexus_json_text('record', 'properties.referrer') }}, {{ nexus.nexus_json_text('record', 'context.page.referrer') }}) as referrer,
        {{ nexus.nexus_json_text('record', 'context.campaign.source') }} as utm_source,
        {{ nexus.nexus_json_text('record', 'context.campaign.medium') }} as utm_medium,
        {{ nexus.nexus_json_text('record', 'context.campaign.name') }} as utm_campaign,
        case when call_type = 'track' then nullif(trim({{ nexus.nexus_json_text('record', 'properties.revenue') }}), '') end as raw_revenue,
        lower({{ nexus.nexus_json_text('record', 'properties.currency') }}) as currency,
        occurred_at,
        _ingested_at
    from {{ ref('segment_calls') }}
    where call_type in ('track', 'page', 'screen')
)

select
    {{ nexus.create_nexus_id('event', ["'segment'", 'message_id']) }} as event_id,
    occurred_at,
    case call_type when 'page' then 'page viewed' when 'screen' then 'screen viewed' else lower(track_name) end as event_name,
    'web' as event_type,
    case call_type when 'track' then track_name else 'Viewed ' || coalesce(title, page_path, 'a ' || call_type) end as event_description,
    case call_type when 'track' then 10 else 0 end as significance,
    'segment' as source,
    'segment_behaviour_events' as source_table,
    message_id,
    nullif(trim(page_path), '') as page_path,
    {{ nexus.normalize_domain('referrer') }} as referrer_domain,
    nullif(trim(utm_source), '') as utm_source,
    nullif(trim(utm_medium), '') as utm_medium,
    nullif(trim(utm_campaign), '') as utm_campaign,
    raw_revenue,
    {{ nexus.nexus_try_cast('raw_revenue', 'number') }} as amount,
    nullif(trim(currency), '') as currency,
    _ingested_at
from fields
