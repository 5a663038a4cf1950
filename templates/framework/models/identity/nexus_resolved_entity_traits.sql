-- One row an entity and trait: the newest value; of two at one time the later ingested, then the greater row id.
with ranked as (
    select
        resolved.entity_id,
        resolved.entity_type,
        traits.trait_name,
        traits.trait_value,
        traits.entity_trait_id,
        traits.event_id,
        traits.source,
        traits.occurred_at,
        traits._ingested_at,
        row_number() over (
            partition by resolved.entity_id, traits.trait_name
            order by
                traits.occurred_at desc nulls last,
                traits._ingested_at desc nulls last,
                {{ nexus.nexus_byte_order('traits.entity_trait_id') }} desc
        ) as recency
    from {{ ref('nexus_entity_traits') }} as traits
    inner join {{ ref('nexus_resolved_identifiers') }} as resolved
        on traits.entity_type = resolved.entity_type
        and traits.identifier_type = resolved.identifier_type
        and traits.identifier_value = resolved.identifier_value
)

select
    {{ nexus.create_nexus_id('entity_trait', ['entity_id', 'trait_name']) }} as resolved_entity_trait_id,
    entity_id,
    entity_type,
    trait_name,
    trait_value,
    entity_trait_id,
    event_id,
    source,
    occurred_at,
    _ingested_at
from ranked
where recency = 1
