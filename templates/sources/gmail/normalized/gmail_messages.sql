{{ config(materialized='table', enabled=nexus.nexus_source_shipped('gmail')) }}

-- One row a message, whatever the number of mailboxes that hold it. Sent means written by us: the
-- sender is of an internal domain, or a mailbox of ours holds it as sent mail.
with copies as (
    select
        message_key,
        thread_key,
        gmail_message_id,
        sent_at,
        subject,
        snippet,
        size_estimate_bytes,
        is_bulk,
        row_number() over (
            partition by message_key
            order by sent_at, _connection_id, gmail_message_id
        ) as precedence,
        max(case when is_in_sent_mail then 1 else 0 end) over (partition by message_key) as sent_marks,
        count(*) over (partition by message_key) as copy_count,
        max(_ingested_at) over (partition by message_key) as _ingested_at
    from {{ ref('gmail_message_copies') }}
),

senders as (
    select
        message_key,
        min(email) as sender_email,
        max(case when {{ nexus.nexus_is_internal_domain('domain') }} then 1 else 0 end) as internal_senders
    from {{ ref('gmail_message_participants') }}
    where role = 'sender'
    group by message_key
),

outsiders as (
    select
        message_key,
        count(*) as outsider_count
    from {{ ref('gmail_message_participants') }}
    where not {{ nexus.nexus_is_internal_domain('domain') }}
    group by message_key
)

select
    copies.message_key,
    copies.thread_key,
    copies.gmail_message_id,
    copies.sent_at,
    copies.subject,
    copies.snippet,
    copies.size_estimate_bytes,
    copies.is_bulk,
    copies.copy_count,
    senders.sender_email,
    copies.sent_marks = 1 or coalesce(senders.internal_senders, 0) = 1 as is_sent,
    coalesce(outsiders.outsider_count, 0) > 0 as is_external,
    -- A number in the sender's signature, international form only.
    {{ nexus.nexus_regexp_group('copies.snippet', ' -- .*(?:Tel|Phone|Mobile|Cell)[:.]? *([+][0-9][0-9 ().-]{5,20}[0-9])') }} as signature_phone,
    copies._ingested_at
from copies
left join senders on copies.message_key = senders.message_key
left join outsiders on copies.message_key = outsiders.message_key
where copies.precedence = 1
