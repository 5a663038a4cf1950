{{ config(materialized='table', enabled=nexus.nexus_source_shipped('google_calendar')) }}

-- One row a company domain and role in an event, however many of its people took part.
select
    event_id,
    role,
    domain,
    source,
    min(occurred_at) as occurred_at,
    max(_ingested_at) as _ingested_at
from {{ ref('google_calendar_participant_occurrences') }}
where is_company_domain
group by event_id, role, domain, source
