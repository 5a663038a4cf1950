{{ config(materialized='table', enabled=nexus.nexus_source_shipped('gmail')) }}

-- One row a conversation, over all mailboxes: keyed by the Message-ID of its root, which replies carry
-- in References, so that a late root does not change the key.
with ranked as (
    select
        thread_key,
        message_key,
        sent_at,
        subject,
        _ingested_at,
        row_number() over (
            partition by thread_key
            order by case when message_key = thread_key then 0 else 1 end, sent_at, message_key
        ) as precedence
    from {{ ref('gmail_messages') }}
),

totals as (
    select
        thread_key,
        min(sent_at) as first_message_at,
        max(sent_at) as last_message_at,
        count(*) as message_count,
        max(_ingested_at) as _ingested_at
    from ranked
    group by thread_key
)

select
    totals.thread_key,
    ranked.message_key as root_message_key,
    ranked.subject,
    totals.first_message_at,
    totals.last_message_at,
    totals.message_count,
    totals._ingested_at
from totals
inner join ranked on totals.thread_key = ranked.thread_key
where ranked.precedence = 1
