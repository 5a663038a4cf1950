{{ config(materialized='table', enabled=nexus.nexus_source_shipped('google_calendar')) }}

-- One row a meeting, role and address, by the newest version that names it.
with ranked as (
    select
        meeting_key,
        role,
        email,
        name,
        response_status,
        max(_ingested_at) over (partition by meeting_key, role, email) as _ingested_at,
        row_number() over (
            partition by meeting_key, role, email
            order by updated_at desc nulls last, name desc nulls last, response_status
        ) as recency
    from {{ ref('google_calendar_attendees') }}
    where email is not null
)

select
    meeting_key,
    role,
    email,
    {{ nexus.email_domain('email') }} as domain,
    {{ nexus.nexus_is_shared_mailbox('email') }} as is_shared_mailbox,
    name,
    response_status,
    _ingested_at
from ranked
where recency = 1
