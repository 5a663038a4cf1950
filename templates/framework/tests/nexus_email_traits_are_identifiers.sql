-- Addresses that a source states as a trait of a person who is not known by them: list them as identifiers too, else
-- records with the same address stay apart.
{{ config(severity='warn') }}
with stated as (
    select
        traits.source,
        resolved.entity_id,
        {{ nexus.normalize_email('traits.trait_value') }} as email,
        traits.statements
    from {{ ref('nexus_entity_traits') }} as traits
    inner join {{ ref('nexus_resolved_identifiers') }} as resolved
        on traits.entity_type = resolved.entity_type
        and traits.identifier_type = resolved.identifier_type
        and traits.identifier_value = resolved.identifier_value
    where traits.trait_name = 'email'
        and traits.entity_type = 'person'
)

select stated.source, stated.entity_id, stated.email, sum(stated.statements) as statements
from stated
left join {{ ref('nexus_resolved_identifiers') }} as known
    on stated.entity_id = known.entity_id
    and known.identifier_type = 'email'
    and stated.email = known.identifier_value
where stated.email is not null
    and known.entity_id is null
group by stated.source, stated.entity_id, stated.email
