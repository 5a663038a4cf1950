-- How many statements there are about a person, besides one about this number itself.
select
    resolved.entity_id,
    sum(traits.statements) as trait_value,
    cast(null as varchar) as event_id,
    max(traits.occurred_at) as occurred_at,
    max(traits._ingested_at) as _ingested_at
from {{ ref('nexus_entity_traits') }} as traits
inner join {{ ref('nexus_resolved_identifiers') }} as resolved
    on traits.entity_type = resolved.entity_type
    and traits.identifier_type = resolved.identifier_type
    and traits.identifier_value = resolved.identifier_value
where traits.trait_name <> 'statement_count'
    and resolved.entity_type = 'person'
group by resolved.entity_id
