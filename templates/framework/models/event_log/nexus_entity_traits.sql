-- One row a statement about an entity, addressed to it through one of its identifiers, whose value is here as
-- it is compared. An empty value states nothing.
with delivered as (
    {{ nexus.nexus_union_sources('entity_traits') }}
)

select
    entity_trait_id,
    event_id,
    entity_type,
    identifier_type,
    {{ nexus.nexus_normalize_by_type('identifier_type', 'identifier_value') }} as identifier_value,
    trait_name,
    trait_value,
    source,
    occurred_at,
    _ingested_at
from delivered
where trait_value is not null
    and not {{ nexus.nexus_is_blank('trait_value') }}
