-- Traits, relations and states addressed through an identifier that no entity has, by source.
{{ config(severity='warn') }}
with addressed as (
    select 'trait' as kind, source, entity_type, identifier_type, identifier_value, statements from {{ ref('nexus_entity_traits') }}
    union all
    select 'state' as kind, source, entity_type, identifier_type, identifier_value, 1 from {{ ref('nexus_state_entries') }}
    union all
    select 'relationship' as kind, source, entity_a_type, entity_a_identifier_type, entity_a_identifier, 1 from {{ ref('nexus_relationship_declarations') }}
    union all
    select 'relationship' as kind, source, entity_b_type, entity_b_identifier_type, entity_b_identifier, 1 from {{ ref('nexus_relationship_declarations') }}
)

select
    addressed.kind,
    addressed.source,
    addressed.entity_type,
    addressed.identifier_type,
    addressed.identifier_value,
    sum(addressed.statements) as statements
from addressed
left join {{ ref('nexus_resolved_identifiers') }} as resolved
    on addressed.entity_type = resolved.entity_type
    and addressed.identifier_type = resolved.identifier_type
    and addressed.identifier_value = resolved.identifier_value
where resolved.entity_id is null
group by addressed.kind, addressed.source, addressed.entity_type, addressed.identifier_type, addressed.identifier_value
