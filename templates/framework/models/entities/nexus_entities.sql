-- One row an entity, with a column for each declared trait.
with entities as (
    select
        entity_id,
        entity_type,
        count(*) as identifiers,
        min(first_seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at,
        max(_ingested_at) as identifiers_ingested_at
    from {{ ref('nexus_resolved_identifiers') }}
    group by entity_id, entity_type
),

traits as (
    {{ nexus.nexus_pivot_traits(ref('nexus_resolved_entity_traits')) }}
)

select
    entities.entity_id,
    entities.entity_type,
    {%- for name in nexus.nexus_trait_columns() %}
    traits.{{ name }},
    {%- endfor %}
    entities.identifiers,
    entities.first_seen_at,
    entities.last_seen_at,
    traits.traits_updated_at,
    case
        when traits.traits_ingested_at > entities.identifiers_ingested_at then traits.traits_ingested_at
        else entities.identifiers_ingested_at
    end as _ingested_at
from entities
left join traits on entities.entity_id = traits.entity_id
