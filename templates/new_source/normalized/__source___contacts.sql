-- Layer 2, normalized: one row a contact, its newest version. Values are cleaned by the framework's normalizers.
{{ config(materialized='table', enabled=nexus.nexus_source_enabled('__source__')) }}

with versions as (
    select
        contact_id,
        created_at,
        nullif({{ nexus.nexus_trim(nexus.nexus_json_text('record', 'email')) }}, '') as raw_email,
        nullif({{ nexus.nexus_trim(nexus.nexus_json_text('record', 'phone')) }}, '') as phone,
        nullif({{ nexus.nexus_trim(nexus.nexus_json_text('record', 'name')) }}, '') as name,
        nullif({{ nexus.nexus_trim(nexus.nexus_json_text('record', 'title')) }}, '') as title,
        _ingested_at,
        row_number() over (partition by contact_id order by _ingested_at desc nulls last, _raw_record) as recency
    from {{ ref('__source___records') }}
    where reject_reason is null
),

addresses as (
    select
        contact_id,
        created_at,
        raw_email,
        {{ nexus.normalize_email('raw_email') }} as email,
        phone,
        name,
        title,
        _ingested_at
    from versions
    where recency = 1
)

select
    contact_id,
    created_at,
    raw_email,
    email,
    -- A mail provider's domain says nothing about a company.
    case when not {{ nexus.is_generic_domain(nexus.email_domain('email')) }} then {{ nexus.email_domain('email') }} end as domain,
    phone,
    name,
    title,
    _ingested_at
from addresses
