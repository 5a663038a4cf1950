-- One row a current value of a trait: which statement it is, through which identifier it reached the entity, and how many statements
-- say the same and something else.
select
    values_now.resolved_entity_trait_id,
    values_now.entity_id,
    values_now.entity_type,
    values_now.trait_name,
    values_now.trait_value,
    values_now.survivorship,
    values_now.source,
    values_now.event_id,
    events.event_name,
    values_now.occurred_at,
    statements.identifier_type,
    statements.identifier_value,
    values_now.statements,
    values_now.other_statements,
    values_now._ingested_at
from {{ ref('nexus_resolved_entity_traits') }} as values_now
left join {{ ref('nexus_entity_traits') }} as statements on values_now.entity_trait_id = statements.entity_trait_id
left join {{ ref('nexus_events') }} as events on values_now.event_id = events.event_id
