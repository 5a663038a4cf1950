-- One row an identifier and the entity it belongs to.
select
    {{ nexus.nexus_entity_id('nodes.entity_type', 'smallest.identifier_type', 'smallest.identifier_value') }} as entity_id,
    nodes.entity_type,
    nodes.identifier_type,
    nodes.identifier_value,
    nodes.sightings,
    nodes.first_seen_at,
    nodes.last_seen_at,
    nodes._ingested_at
from {{ ref('nexus_identity_nodes') }} as nodes
inner join {{ ref('nexus_identity_components') }} as components on nodes.node = components.node
inner join {{ ref('nexus_identity_nodes') }} as smallest
    on components.label = smallest.node
    and nodes.entity_type = smallest.entity_type
