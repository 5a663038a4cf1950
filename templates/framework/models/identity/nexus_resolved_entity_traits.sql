-- One row an entity and trait: the value that survives by the trait's rule, and where it comes from. Of equals the newest value
-- counts; of two at one time the later ingested, then the greater row id.
with statements as (
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
        {{ nexus.nexus_trait_rule('resolved.entity_type', 'traits.trait_name') }} as survivorship,
        {{ nexus.nexus_trait_source_rank('resolved.entity_type', 'traits.trait_name', 'traits.source') }} as source_rank,
        count(*) over (partition by resolved.entity_id, traits.trait_name, traits.trait_value) as statements,
        count(*) over (partition by resolved.entity_id, traits.trait_name) as all_statements
    from {{ ref('nexus_entity_traits') }} as traits
    inner join {{ ref('nexus_resolved_identifiers') }} as resolved
        on traits.entity_type = resolved.entity_type
        and traits.identifier_type = resolved.identifier_type
        and traits.identifier_value = resolved.identifier_value
    where not {{ nexus.nexus_is_computed_trait('resolved.entity_type', 'traits.trait_name') }}
),

ranked as (
    select
        entity_id,
        entity_type,
        trait_name,
        trait_value,
        entity_trait_id,
        event_id,
        source,
        occurred_at,
        _ingested_at,
        survivorship,
        statements,
        all_statements,
        row_number() over (
            partition by entity_id, trait_name
            order by
                case when survivorship = 'source_priority' then source_rank else 0 end asc,
                case when survivorship = 'most_frequent' then statements else 0 end desc,
                case when survivorship = 'earliest' then occurred_at end asc nulls last,
                case when survivorship = 'earliest' then _ingested_at end asc nulls last,
                occurred_at desc nulls last,
                _ingested_at desc nulls last,
                {{ nexus.nexus_byte_order('entity_trait_id') }} desc
        ) as precedence
    from statements
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
    _ingested_at,
    survivorship,
    statements,
    all_statements - statements as other_statements
from ranked
where precedence = 1

union all

select
    {{ nexus.create_nexus_id('entity_trait', ['entity_id', 'trait_name']) }} as resolved_entity_trait_id,
    entity_id,
    entity_type,
    trait_name,
    trait_value,
    cast(null as {{ dbt.type_string() }}) as entity_trait_id,
    event_id,
    source,
    occurred_at,
    _ingested_at,
    'computed' as survivorship,
    1 as statements,
    0 as other_statements
from {{ ref('nexus_computed_traits') }}
