{{ config(materialized='table', enabled=nexus.nexus_source_shipped('gmail')) }}

-- One row an entry of a From, To, Cc or Bcc header of a message, whatever the number of mailboxes
-- that hold the message; entries that are no address are kept with a null email.
with copies as (
    select
        message_key,
        from_header,
        to_header,
        cc_header,
        bcc_header,
        _ingested_at
    from {{ ref('gmail_message_copies') }}
),

senders as (
    {{ nexus.nexus_address_elements('copies', ['message_key', '_ingested_at'], 'from_header') }}
),

recipients as (
    {{ nexus.nexus_address_elements('copies', ['message_key', '_ingested_at'], 'to_header') }}
),

cced as (
    {{ nexus.nexus_address_elements('copies', ['message_key', '_ingested_at'], 'cc_header') }}
),

bcced as (
    {{ nexus.nexus_address_elements('copies', ['message_key', '_ingested_at'], 'bcc_header') }}
),

entries as (
    select message_key, _ingested_at, 'sender' as role, element from senders
    union all
    select message_key, _ingested_at, 'recipient' as role, element from recipients
    union all
    select message_key, _ingested_at, 'cced' as role, element from cced
    union all
    select message_key, _ingested_at, 'bcced' as role, element from bcced
),

addresses as (
    select
        message_key,
        _ingested_at,
        role,
        element as raw_entry,
        {{ nexus.nexus_mailbox_address('element') }} as raw_email,
        {{ nexus.nexus_mailbox_name('element') }} as name
    from entries
)

select
    message_key,
    role,
    raw_entry,
    raw_email,
    {{ nexus.normalize_email('raw_email') }} as email,
    name,
    max(_ingested_at) as _ingested_at
from addresses
group by
    message_key,
    role,
    raw_entry,
    raw_email,
    name
