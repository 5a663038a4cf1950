-- An identifier that is good and resolved to nothing, or resolved twice.
select
    nodes.entity_type,
    nodes.identifier_type,
    nodes.identifier_value,
    count(resolved.entity_id) as entities
from {{ ref('nexus_identity_nodes') }} as nodes
left join {{ ref('nexus_resolved_identifiers') }} as resolved
    on nodes.entity_type = resolved.entity_type
    and nodes.identifier_type = resolved.identifier_type
    and nodes.identifier_value = resolved.identifier_value
group by nodes.entity_type, nodes.identifier_type, nodes.identifier_value
having count(resolved.entity_id) <> 1
