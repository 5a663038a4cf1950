-- Identifiers that are missing, too many, or share an entity with those of another holder.
with expected as (
    select holder, entity_type, identifier_type, identifier_value
    from {{ ref('expected_identifiers') }}
    union all
    select distinct
        case
            when identifier_value like 'short-%' then 'short'
            when identifier_value like 'long-%' then 'long'
            when identifier_value like 'straight-%' then 'straight'
            else 'star'
        end as holder,
        entity_type,
        identifier_type,
        identifier_value
    from {{ ref('crm_chain_rows') }}
),

pairs as (
    select
        expected.holder,
        resolved.entity_id,
        coalesce(expected.identifier_type, resolved.identifier_type) as identifier_type,
        coalesce(expected.identifier_value, resolved.identifier_value) as identifier_value
    from expected
    full outer join {{ ref('nexus_resolved_identifiers') }} as resolved
        on expected.entity_type = resolved.entity_type
        and expected.identifier_type = resolved.identifier_type
        and expected.identifier_value = resolved.identifier_value
),

mixed as (
    select entity_id from pairs group by entity_id having count(distinct holder) > 1
),

spread as (
    select holder from pairs group by holder having count(distinct entity_id) > 1
)

select holder, entity_id, identifier_type, identifier_value
from pairs
where holder is null
    or entity_id is null
    or entity_id in (select entity_id from mixed)
    or holder in (select holder from spread)
