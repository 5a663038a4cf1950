-- Layer 2, normalized, and a part of the contract: what became nothing, with its reason. Nothing is dropped in silence.
{{ config(materialized='table', enabled=nexus.nexus_source_enabled('__source__')) }}

with rejects as (
    select
        'row' as scope,
        contact_id as record_key,
        cast(null as {{ dbt.type_string() }}) as field,
        _raw_record as raw_value,
        reject_reason as reason,
        _ingested_at
    from {{ ref('__source___records') }}
    where reject_reason is not null

    union all

    select
        'value' as scope,
        contact_id as record_key,
        'email' as field,
        raw_email as raw_value,
        'malformed email' as reason,
        _ingested_at
    from {{ ref('__source___contacts') }}
    where raw_email is not null and email is null
)

select
    {{ nexus.create_nexus_id('reject', ["'__source__'", 'scope', 'record_key', 'field', 'raw_value', 'reason', '_ingested_at']) }} as reject_id,
    '__source__' as source,
    '__source___records' as source_table,
    scope,
    record_key,
    field,
    raw_value,
    reason,
    _ingested_at
from rejects
