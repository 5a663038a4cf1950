{{ config(materialized='table', enabled=nexus.nexus_source_shipped('stripe')) }}

-- Rows that became nothing (scope row) and values that identify nobody in rows that are otherwise
-- good (scope value), each with its reason.
with unusable as (
    select
        'row' as scope,
        webhook_id as record_key,
        cast(null as {{ dbt.type_string() }}) as field,
        _raw_record as raw_value,
        reject_reason as reason,
        _ingested_at
    from {{ ref('stripe_records') }}
    where reject_reason is not null

    union all

    select
        'value' as scope,
        webhook_id as record_key,
        'email' as field,
        raw_email as raw_value,
        'malformed email' as reason,
        _ingested_at
    from {{ ref('stripe_party_occurrences') }}
    where raw_email is not null and email is null

    union all

    select
        'value' as scope,
        webhook_id as record_key,
        'phone' as field,
        raw_phone as raw_value,
        'unusable phone' as reason,
        _ingested_at
    from {{ ref('stripe_party_occurrences') }}
    where raw_phone is not null and phone is null and account_phone is null

    union all

    select
        'value' as scope,
        webhook_id as record_key,
        'customer' as field,
        cast(null as {{ dbt.type_string() }}) as raw_value,
        'missing customer' as reason,
        _ingested_at
    from {{ ref('stripe_party_occurrences') }}
    where stripe_customer_id is null
)

select
    {{ nexus.create_nexus_id('reject', ["'stripe'", 'scope', 'record_key', 'field', 'raw_value', 'reason', '_ingested_at']) }} as reject_id,
    'stripe' as source,
    'stripe_events' as source_table,
    scope,
    record_key,
    field,
    raw_value,
    reason,
    _ingested_at
from unusable
