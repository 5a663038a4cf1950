-- One row a statement that two entities are or are no longer related; each end is an identifier, here as it
-- is compared.
{{ config(materialized=nexus.nexus_growing(), incremental_strategy=nexus.nexus_replacing(), unique_key='relationship_declaration_id') }}
with delivered as (
    {{ nexus.nexus_union_sources('relationship_declarations') }}
)

select
    relationship_declaration_id,
    event_id,
    occurred_at,
    {{ nexus.nexus_normalize_by_type('entity_a_identifier_type', 'entity_a_identifier') }} as entity_a_identifier,
    entity_a_identifier_type,
    entity_a_type,
    entity_a_role,
    {{ nexus.nexus_normalize_by_type('entity_b_identifier_type', 'entity_b_identifier') }} as entity_b_identifier,
    entity_b_identifier_type,
    entity_b_type,
    entity_b_role,
    relationship_type,
    relationship_direction,
    coalesce(is_active, true) as is_active,
    source,
    _ingested_at{{ nexus.nexus_batch_column(nexus.nexus_this_batch()) }}
from delivered
