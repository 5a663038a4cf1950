-- One row a pair of identifiers of one entity. All identifiers of one occurrence (edge_id) are linked as a star:
-- each to the smallest of them. Entity types never mix.
with members as (
    select
        sightings.edge_id,
        sightings.entity_type,
        nodes.node,
        sightings.event_id,
        sightings.source,
        sightings.occurred_at,
        sightings._ingested_at,
        min(nodes.node) over (partition by sightings.edge_id, sightings.entity_type) as center
    from {{ ref('nexus_entity_identifiers') }} as sightings
    inner join {{ ref('nexus_identity_nodes') }} as nodes
        on sightings.entity_type = nodes.entity_type
        and sightings.identifier_type = nodes.identifier_type
        and sightings.identifier_value = nodes.identifier_value
    where sightings.quarantine_reason is null
        and sightings.edge_id is not null
),

ranked as (
    select
        entity_type,
        center,
        node,
        edge_id,
        event_id,
        source,
        min(occurred_at) over (partition by center, node) as first_seen_at,
        max(occurred_at) over (partition by center, node) as last_seen_at,
        max(_ingested_at) over (partition by center, node) as _ingested_at,
        count(*) over (partition by center, node) as sightings,
        row_number() over (
            partition by center, node
            order by occurred_at asc nulls last, {{ nexus.nexus_byte_order('event_id') }} asc nulls last, {{ nexus.nexus_byte_order('edge_id') }} asc
        ) as precedence
    from members
    where node <> center
)

select
    {{ nexus.create_nexus_id('entity_edge', [
        'ranked.entity_type', 'a.identifier_type', 'a.identifier_value', 'b.identifier_type', 'b.identifier_value'
    ]) }} as identity_edge_id,
    ranked.entity_type,
    a.identifier_type as identifier_type_a,
    a.identifier_value as identifier_value_a,
    b.identifier_type as identifier_type_b,
    b.identifier_value as identifier_value_b,
    ranked.center as node_a,
    ranked.node as node_b,
    ranked.sightings,
    ranked.edge_id as first_edge_id,
    ranked.event_id as first_event_id,
    ranked.source as first_source,
    ranked.first_seen_at,
    ranked.last_seen_at,
    ranked._ingested_at
from ranked
inner join {{ ref('nexus_identity_nodes') }} as a on ranked.center = a.node
inner join {{ ref('nexus_identity_nodes') }} as b on ranked.node = b.node
where ranked.precedence = 1
