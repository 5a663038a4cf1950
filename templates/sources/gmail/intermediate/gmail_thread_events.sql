{{ config(enabled=nexus.nexus_source_shipped('gmail')) }}

select
    {{ nexus.create_nexus_id('event', ["'gmail thread'", 'thread_key']) }} as event_id,
    first_message_at as occurred_at,
    'thread started' as event_name,
    'email' as event_type,
    subject as event_description,
    0 as significance,
    'gmail' as source,
    'gmail_thread_events' as source_table,
    root_message_key,
    thread_key,
    _ingested_at
from {{ ref('gmail_threads') }}
