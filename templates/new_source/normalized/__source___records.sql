-- Layer 2, normalized: one row a raw row, with its key and time read in UTC, and the reason if it is unusable.
{{ config(materialized='table', enabled=nexus.nexus_source_enabled('__source__')) }}

with records as (
    select
        _ingested_at,
        _raw_record,
        case when {{ nexus.nexus_json_valid('_raw_record') }} then _raw_record end as record
    from {{ ref('base___source___records') }}
),

fields as (
    select
        _ingested_at,
        _raw_record,
        record,
        nullif({{ nexus.nexus_trim(nexus.nexus_json_text('record', 'id')) }}, '') as contact_id,
        nullif({{ nexus.nexus_trim(nexus.nexus_json_text('record', 'created_at')) }}, '') as created_text
    from records
)

select
    _ingested_at,
    _raw_record,
    record,
    contact_id,
    {{ nexus.nexus_timestamp_from_text('created_text') }} as created_at,
    case
        when record is null then 'invalid json'
        when contact_id is null then 'missing id'
        when created_text is null then 'missing created_at'
        when {{ nexus.nexus_timestamp_from_text('created_text') }} is null then 'unparseable created_at'
    end as reject_reason
from fields
