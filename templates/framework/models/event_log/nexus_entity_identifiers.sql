-- One row a sighting of an identifier, with the value as delivered and as it is compared; a value that must
-- join nothing has a reason instead of a compared value.
{{ config(materialized=nexus.nexus_growing(), incremental_strategy=nexus.nexus_replacing(), unique_key='entity_identifier_id') }}
with delivered as (
    {{ nexus.nexus_union_sources('entity_identifiers') }}
),

normalized as (
    select
        entity_identifier_id,
        event_id,
        edge_id,
        entity_type,
        identifier_type,
        {{ nexus.nexus_normalize_by_type('identifier_type', 'identifier_value') }} as identifier_value,
        identifier_value as raw_identifier_value,
        role,
        source,
        occurred_at,
        _ingested_at
    from delivered
),

judged as (
    select
        entity_identifier_id,
        event_id,
        edge_id,
        entity_type,
        identifier_type,
        identifier_value,
        raw_identifier_value,
        {{ nexus.nexus_quarantine_reason('entity_type', 'identifier_type', 'raw_identifier_value', 'identifier_value') }} as quarantine_reason,
        role,
        source,
        occurred_at,
        _ingested_at
    from normalized
)

select
    entity_identifier_id,
    event_id,
    edge_id,
    entity_type,
    identifier_type,
    case when quarantine_reason is null then identifier_value end as identifier_value,
    raw_identifier_value,
    quarantine_reason,
    role,
    source,
    occurred_at,
    _ingested_at{{ nexus.nexus_batch_column(nexus.nexus_this_batch()) }}
from judged
