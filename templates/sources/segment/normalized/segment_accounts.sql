{{ config(materialized='table', enabled=nexus.nexus_source_shipped('segment')) }}

-- One row a group call: an account of the product and what is said about it.
with fields as (
    select
        message_id,
        group_id,
        nullif(trim({{ nexus.nexus_json_text('record', 'traits.name') }}), '') as name,
        {{ nexus.normalize_domain("coalesce(" ~ nexus.nexus_json_text('record', 'traits.domain') ~ ", " ~ nexus.nexus_json_text('record', 'traits.website') ~ ")") }} as any_domain,
        nullif(trim({{ nexus.nexus_json_text('record', 'traits.plan') }}), '') as plan,
        occurred_at,
        _ingested_at
    from {{ ref('segment_calls') }}
    where call_type = 'group'
)

select
    message_id,
    group_id,
    name,
    case when not {{ nexus.is_generic_domain('any_domain') }} then any_domain end as domain,
    plan,
    occurred_at,
    _ingested_at
from fields
