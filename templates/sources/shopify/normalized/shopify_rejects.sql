{{ config(materialized='table', enabled=nexus.nexus_source_shipped('shopify')) }}

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
    from {{ ref('shopify_records') }}
    where reject_reason is not null

    union all

    select
        'value' as scope,
        webhook_id as record_key,
        'email' as field,
        raw_email as raw_value,
        'malformed email' as reason,
        _ingested_at
    from {{ ref('shopify_buyers') }}
    where raw_email is not null and email is null

    union all

    select
        'value' as scope,
        webhook_id as record_key,
        'phone' as field,
        raw_phone as raw_value,
        'unusable phone' as reason,
        _ingested_at
    from {{ ref('shopify_buyers') }}
    where raw_phone is not null and phone is null

    union all

    select
        'value' as scope,
        webhook_id as record_key,
        'owner email' as field,
        raw_owner_email as raw_value,
        'malformed email' as reason,
        _ingested_at
    from {{ ref('shopify_shops') }}
    where raw_owner_email is not null and owner_email is null
)

select
    {{ nexus.create_nexus_id('reject', ["'shopify'", 'scope', 'record_key', 'field', 'raw_value', 'reason', '_ingested_at']) }} as reject_id,
    'shopify' as source,
    'shopify_events' as source_table,
    scope,
    record_key,
    field,
    raw_value,
    reason,
    _ingested_at
from unusable
