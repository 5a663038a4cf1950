-- One row a decision about an entity, in the order of batches: born, accreted (an identifier came), merged, split, quarantined, removed.
{{ config(enabled=nexus.nexus_config('identity')['incremental'], materialized='view') }}
with decisions as (
    select
        batch,
        batch_ingested_at,
        decision,
        entity_type,
        entity_id,
        previous_entity_id,
        case when decision in ('accreted', 'quarantined', 'removed') then identifier_type end as identifier_type,
        case when decision in ('accreted', 'quarantined', 'removed') then identifier_value end as identifier_value,
        identity_edge_id,
        event_id,
        source
    from {{ ref('nexus_identity_ledger') }}
)

select
    {{ nexus.create_nexus_id('identity_log', [
        'batch', 'decision', 'entity_type', 'entity_id', 'previous_entity_id', 'identifier_type', 'identifier_value'
    ]) }} as identity_log_id,
    batch,
    batch_ingested_at,
    decision,
    entity_type,
    entity_id,
    previous_entity_id,
    identifier_type,
    identifier_value,
    count(*) as identifiers,
    min(identity_edge_id) as identity_edge_id,
    min(event_id) as event_id,
    min(source) as source
from decisions
group by batch, batch_ingested_at, decision, entity_type, entity_id, previous_entity_id, identifier_type, identifier_value
