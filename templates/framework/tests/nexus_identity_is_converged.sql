-- An edge whose ends are in two entities: resolution stopped early, and its result must not be used.
select
    edges.identity_edge_id,
    a.entity_id as entity_id_a,
    b.entity_id as entity_id_b,
    'two linked identifiers are in two entities; rebuild nexus_identity_components and, if it stays, report a bug in nexus' as remedy
from {{ ref('nexus_identity_edges') }} as edges
inner join {{ ref('nexus_resolved_identifiers') }} as a
    on edges.entity_type = a.entity_type
    and edges.identifier_type_a = a.identifier_type
    and edges.identifier_value_a = a.identifier_value
inner join {{ ref('nexus_resolved_identifiers') }} as b
    on edges.entity_type = b.entity_type
    and edges.identifier_type_b = b.identifier_type
    and edges.identifier_value_b = b.identifier_value
where a.entity_id <> b.entity_id
