{{ config(materialized='table', enabled=nexus.nexus_source_shipped('gmail')) }}

-- One row a person in an event, wide: the input of identifiers, traits and memberships. The participants
-- of a thread are those of its root message. A phone in the signature belongs to the sender, unless the
-- address is a shared mailbox. Nobody else of the message is linked to anybody: each address has its
-- own edge.
with events as (
    select event_id, occurred_at, message_key, sender_email, signature_phone, _ingested_at
    from {{ ref('gmail_message_events') }}
    union all
    select
        event_id,
        occurred_at,
        root_message_key as message_key,
        cast(null as {{ dbt.type_string() }}) as sender_email,
        cast(null as {{ dbt.type_string() }}) as signature_phone,
        _ingested_at
    from {{ ref('gmail_thread_events') }}
)

select
    events.event_id,
    events.occurred_at,
    participants.role,
    participants.email,
    case
        when participants.role = 'sender'
            and participants.email = events.sender_email
            and not participants.is_shared_mailbox
        then {{ nexus.normalize_phone('events.signature_phone') }}
    end as phone,
    participants.domain,
    not {{ nexus.is_generic_domain('participants.domain') }} as is_company_domain,
    participants.is_shared_mailbox,
    case when not participants.is_shared_mailbox then participants.name end as name,
    case when participants.is_shared_mailbox then 'shared' else 'personal' end as mailbox_type,
    'gmail' as source,
    case
        when participants._ingested_at > events._ingested_at then participants._ingested_at
        else events._ingested_at
    end as _ingested_at
from events
inner join {{ ref('gmail_message_participants') }} as participants
    on events.message_key = participants.message_key
