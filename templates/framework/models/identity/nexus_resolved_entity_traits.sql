-- One row an entity and trait: the value that survives by the trait's rule, and where it comes from. Of equals the newest value
-- counts; of two at one time the later ingested, then that of the greater event id, then the greater value.
{{ config(
    materialized=nexus.nexus_growing(),
    incremental_strategy=nexus.nexus_replacing(),
    unique_key='resolved_entity_trait_id',
    pre_hook=["{{ nexus.nexus_delete_touched('nexus_entity_traits') }}", "{{ nexus.nexus_delete_computed() }}"]
) }}
with
{%- if nexus.nexus_adds() %} touched as (
    {{ nexus.nexus_touched_entities('nexus_entity_traits') | indent(4) }}
),

identifiers as (
    select
        resolved.entity_id,
        resolved.entity_type,
        resolved.identifier_type,
        resolved.identifier_value
    from {{ ref('nexus_resolved_identifiers') }} as resolved
    inner join touched on resolved.entity_id = touched.entity_id
),
{%- endif %}

known as (
    select
        resolved.entity_id,
        traits.entity_trait_id,
        traits.entity_type,
        traits.trait_name,
        traits.trait_value,
        traits.source,
        traits.statements,
        traits.event_id,
        traits.occurred_at,
        traits._ingested_at,
        traits.first_event_id,
        traits.first_occurred_at,
        traits.first_ingested_at,
        {{ nexus.nexus_trait_rule('traits.entity_type', 'traits.trait_name') }} as survivorship,
        {{ nexus.nexus_trait_source_rank('traits.entity_type', 'traits.trait_name', 'traits.source') }} as source_rank
    from {{ ref('nexus_entity_traits') }} as traits
    inner join {{ 'identifiers' if nexus.nexus_adds() else ref('nexus_resolved_identifiers') }} as resolved
        on traits.entity_type = resolved.entity_type
        and traits.identifier_type = resolved.identifier_type
        and traits.identifier_value = resolved.identifier_value
    where not {{ nexus.nexus_is_computed_trait('traits.entity_type', 'traits.trait_name') }}
),

by_value as (
    select entity_id, trait_name, trait_value, sum(statements) as statements
    from known
    group by entity_id, trait_name, trait_value
),

by_trait as (
    select entity_id, trait_name, sum(statements) as statements
    from by_value
    group by entity_id, trait_name
),

-- The saying by which a statement may survive: its first, or its last.
decided as (
    select
        known.entity_id,
        known.entity_trait_id,
        known.entity_type,
        known.trait_name,
        known.trait_value,
        known.source,
        known.survivorship,
        known.source_rank,
        case when known.survivorship = 'earliest' then known.first_event_id else known.event_id end as event_id,
        case when known.survivorship = 'earliest' then known.first_occurred_at else known.occurred_at end as occurred_at,
        case when known.survivorship = 'earliest' then known.first_ingested_at else known._ingested_at end as _ingested_at,
        by_value.statements,
        by_trait.statements as all_statements
    from known
    inner join by_value
        on known.entity_id = by_value.entity_id
        and known.trait_name = by_value.trait_name
        and known.trait_value = by_value.trait_value
    inner join by_trait
        on known.entity_id = by_trait.entity_id
        and known.trait_name = by_trait.trait_name
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
                case when survivorship <> 'earliest' then occurred_at end desc nulls last,
                case when survivorship = 'earliest' then _ingested_at end asc nulls last,
                _ingested_at desc nulls last,
                {{ nexus.nexus_byte_order('event_id') }} desc nulls last,
                {{ nexus.nexus_byte_order('trait_value') }} desc,
                {{ nexus.nexus_byte_order('entity_trait_id') }} desc
        ) as precedence
    from decided
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
    cast(statements as {{ dbt.type_bigint() }}) as statements,
    cast(all_statements - statements as {{ dbt.type_bigint() }}) as other_statements{{ nexus.nexus_batch_columns('nexus_entity_traits') }}
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
    0 as other_statements{{ nexus.nexus_batch_columns('nexus_entity_traits') }}
from {{ ref('nexus_computed_traits') }}
