-- One row an entity and trait: the value that survives by the trait's rule, and where it comes from. Of equals the newest value
-- counts; of two at one time the later ingested, then the greater row id.
{{ config(
    materialized=nexus.nexus_growing(),
    incremental_strategy=nexus.nexus_replacing(),
    unique_key='resolved_entity_trait_id',
    pre_hook=["{{ nexus.nexus_delete_touched('nexus_entity_traits') }}", "{{ nexus.nexus_delete_computed() }}"]
) }}
-- What a source says of an identifier counts once here, however often it is said: the rows of the event log are too many to sort.
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

statements as (
    select
        traits.entity_trait_id,
        traits.event_id,
        traits.entity_type,
        traits.identifier_type,
        traits.identifier_value,
        traits.trait_name,
        traits.trait_value,
        traits.source,
        traits.occurred_at,
        traits._ingested_at
    from {{ ref('nexus_entity_traits') }} as traits
    inner join identifiers
        on traits.entity_type = identifiers.entity_type
        and traits.identifier_type = identifiers.identifier_type
        and traits.identifier_value = identifiers.identifier_value
),
{%- endif %}
{%- set identifiers = 'identifiers' if nexus.nexus_adds() else ref('nexus_resolved_identifiers') %}
{%- set statements = 'statements' if nexus.nexus_adds() else ref('nexus_entity_traits') %}

heard as (
    select
        entity_type,
        identifier_type,
        identifier_value,
        trait_name,
        trait_value,
        source,
        count(*) as times,
        min(occurred_at) as first_at,
        max(occurred_at) as last_at
    from {{ statements }}
    group by entity_type, identifier_type, identifier_value, trait_name, trait_value, source
),

known as (
    select
        resolved.entity_id,
        heard.entity_type,
        heard.identifier_type,
        heard.identifier_value,
        heard.trait_name,
        heard.trait_value,
        heard.source,
        heard.times,
        heard.first_at,
        heard.last_at
    from heard
    inner join {{ identifiers }} as resolved
        on heard.entity_type = resolved.entity_type
        and heard.identifier_type = resolved.identifier_type
        and heard.identifier_value = resolved.identifier_value
    where not {{ nexus.nexus_is_computed_trait('heard.entity_type', 'heard.trait_name') }}
),

sayings as (
    select
        entity_id,
        entity_type,
        trait_name,
        trait_value,
        source,
        {{ nexus.nexus_trait_rule('entity_type', 'trait_name') }} as survivorship,
        {{ nexus.nexus_trait_source_rank('entity_type', 'trait_name', 'source') }} as source_rank,
        sum(times) as times,
        min(first_at) as first_at,
        max(last_at) as last_at
    from known
    group by entity_id, entity_type, trait_name, trait_value, source
),

counted as (
    select
        entity_id,
        entity_type,
        trait_name,
        trait_value,
        source,
        survivorship,
        source_rank,
        case when survivorship = 'earliest' then first_at else last_at end as decided_at,
        sum(times) over (partition by entity_id, trait_name, trait_value) as statements,
        sum(times) over (partition by entity_id, trait_name) as all_statements
    from sayings
),

placed as (
    select
        entity_id,
        entity_type,
        trait_name,
        trait_value,
        source,
        survivorship,
        decided_at,
        statements,
        all_statements,
        rank() over (
            partition by entity_id, trait_name
            order by
                case when survivorship = 'source_priority' then source_rank else 0 end asc,
                case when survivorship = 'most_frequent' then statements else 0 end desc,
                case when survivorship = 'earliest' then decided_at end asc nulls last,
                case when survivorship <> 'earliest' then decided_at end desc nulls last
        ) as place
    from counted
),

-- The statements that may be the one that survives: of the first place, at the time that decided.
candidates as (
    select
        placed.entity_id,
        placed.entity_type,
        placed.trait_name,
        placed.trait_value,
        stated.entity_trait_id,
        stated.event_id,
        stated.source,
        stated.occurred_at,
        stated._ingested_at,
        placed.survivorship,
        placed.statements,
        placed.all_statements
    from placed
    inner join known
        on placed.entity_id = known.entity_id
        and placed.trait_name = known.trait_name
        and placed.trait_value = known.trait_value
        and coalesce(placed.source, '') = coalesce(known.source, '')
    inner join {{ statements }} as stated
        on known.entity_type = stated.entity_type
        and known.identifier_type = stated.identifier_type
        and known.identifier_value = stated.identifier_value
        and known.trait_name = stated.trait_name
        and known.trait_value = stated.trait_value
        and coalesce(known.source, '') = coalesce(stated.source, '')
        and (placed.decided_at = stated.occurred_at or (placed.decided_at is null and stated.occurred_at is null))
    where placed.place = 1
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
                case when survivorship = 'earliest' then _ingested_at end asc nulls last,
                _ingested_at desc nulls last,
                {{ nexus.nexus_byte_order('entity_trait_id') }} desc
        ) as precedence
    from candidates
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
