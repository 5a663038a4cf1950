{{ config(materialized=nexus.nexus_between(), enabled=nexus.nexus_source_shipped('gmail')) }}

-- One row an entry into a state, of a person outside: a message from them waits on us, a message of ours
-- to them waits on the customer. Bulk mail asks for no answer.
select distinct
    {{ nexus.create_nexus_id('state', ['messages.event_id', "'support_status'", 'participants.email']) }} as state_entry_id,
    messages.event_id,
    'person' as entity_type,
    'email' as identifier_type,
    participants.email as identifier_value,
    'support_status' as state_name,
    case when participants.role = 'sender' then 'waiting on us' else 'waiting on customer' end as state_value,
    messages.occurred_at,
    messages.source,
    messages._ingested_at
from {{ ref('gmail_message_events') }} as messages
inner join {{ ref('gmail_message_participants') }} as participants
    on messages.message_key = participants.message_key
where not messages.is_bulk
    and not {{ nexus.nexus_is_internal_domain('participants.domain') }}
    and (
        (participants.role = 'sender' and not messages.is_sent)
        or (participants.role = 'recipient' and messages.is_sent)
    )
