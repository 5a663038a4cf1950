{{ config(materialized='table', enabled=nexus.nexus_source_shipped('gmail')) }}

-- One row a message, role and address; the name of the longest form given.
with ranked as (
    select
        message_key,
        role,
        email,
        name,
        _ingested_at,
        row_number() over (
            partition by message_key, role, email
            order by length(name) desc nulls last, name, raw_entry
        ) as preference
    from {{ ref('gmail_message_addresses') }}
    where email is not null
)

select
    message_key,
    role,
    email,
    {{ nexus.email_domain('email') }} as domain,
    {{ nexus.nexus_is_shared_mailbox('email') }} as is_shared_mailbox,
    name,
    _ingested_at
from ranked
where preference = 1
