{{ config(materialized='table', enabled=nexus.nexus_source_shipped('segment')) }}

-- Rows that became nothing (scope row) and values that are none in rows that are otherwise good (scope value), each with its
-- reason.
with unusable as (
    select
        'row' as scope,
        message_id as record_key,
        cast(null as {{ dbt.type_string() }}) as field,
        _raw_record as raw_value,
        reject_reason as reason,
        _ingested_at
    from {{ ref('segment_records') }}
    where reject_reason is not null

    union all

    select
        'value' as scope,
        message_id as record_key,
        'email' as field,
        raw_email as raw_value,
        'malformed email' as reason,
        _ingested_at
    from {{ ref('segment_visitors') }}
    where raw_email is not null and {{ nexus.normalize_email('raw_email') }} is null

    union all

    select
        'value' as scope,
        message_id as record_key,
        'phone' as field,
        raw_phone as raw_value,
        'unusable phone' as reason,
        _ingested_at
    from {{ ref('segment_visitors') }}
    where raw_phone is not null and phone is null

    union all

    select
        'value' as scope,
        message_id as record_key,
        'revenue' as field,
        raw_revenue as raw_value,
        'unusable revenue' as reason,
        _ingested_at
    from {{ ref('segment_behaviour_events') }}
    where raw_revenue is not null and amount is null
)

select
    {{ nexus.create_nexus_id('reject', ["'segment'", 'scope', 'record_key', 'field', 'raw_value', 'reason', '_ingested_at']) }} as reject_id,
    'segment' as source,
    'segment_messages' as source_table,
    scope,
    record_key,
    field,
    raw_value,
    reason,
    _ingested_at
from unusable
