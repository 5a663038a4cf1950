{{ config(materialized='table', enabled=nexus.nexus_source_shipped('gmail')) }}

-- Rows that became nothing (scope row) and values that identify nobody in rows that are otherwise
-- good (scope value), each with its reason.
with unusable as (
    select
        'row' as scope,
        _connection_id || '/' || coalesce(gmail_message_id, '') as record_key,
        cast(null as {{ dbt.type_string() }}) as field,
        _raw_record as raw_value,
        reject_reason as reason,
        _ingested_at
    from {{ ref('gmail_records') }}
    where reject_reason is not null

    union all

    select
        'value' as scope,
        message_key as record_key,
        role as field,
        raw_entry as raw_value,
        'malformed email' as reason,
        _ingested_at
    from {{ ref('gmail_message_addresses') }}
    where email is null
)

select
    {{ nexus.create_nexus_id('reject', ["'gmail'", 'scope', 'record_key', 'field', 'raw_value', 'reason', '_ingested_at']) }} as reject_id,
    'gmail' as source,
    'gmail_messages' as source_table,
    scope,
    record_key,
    field,
    raw_value,
    reason,
    _ingested_at
from unusable
