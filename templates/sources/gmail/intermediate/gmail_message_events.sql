{{ config(enabled=nexus.nexus_source_shipped('gmail')) }}

select
    {{ nexus.create_nexus_id('event', ["'gmail message'", 'message_key']) }} as event_id,
    sent_at as occurred_at,
    case when is_sent then 'message sent' else 'message received' end as event_name,
    'email' as event_type,
    subject as event_description,
    case when is_bulk then -10 else 10 end as significance,
    'gmail' as source,
    'gmail_message_events' as source_table,
    message_key,
    thread_key,
    sender_email,
    signature_phone,
    is_sent,
    is_external,
    is_bulk,
    size_estimate_bytes,
    _ingested_at
from {{ ref('gmail_messages') }}
