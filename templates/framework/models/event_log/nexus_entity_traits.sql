-- One row a statement about an entity, addressed to it through one of its identifiers, whose value is here as
-- it is compared. An empty value states nothing. Persons with an address of ours are stated to be internal users.
{{ config(materialized=nexus.nexus_growing(), incremental_strategy=nexus.nexus_replacing(), unique_key='entity_trait_id') }}
with delivered as (
    {{ nexus.nexus_union_sources('entity_traits') }}
),

statements as (
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
        and not {{ nexus.nexus_is_empty('trait_value') }}
),

internal_users as (
    select
        {{ nexus.create_nexus_id('entity_trait', ['entity_identifier_id', "'is_internal_user'"]) }} as entity_trait_id,
        event_id,
        entity_type,
        identifier_type,
        identifier_value,
        'is_internal_user' as trait_name,
        'true' as trait_value,
        'nexus' as source,
        occurred_at,
        _ingested_at{{ nexus.nexus_batch_column('_batch') }}
    from {{ ref('nexus_entity_identifiers') }}
    where entity_type = 'person'
        and identifier_type = 'email'
        and quarantine_reason is null
        and {{ nexus.nexus_is_internal_email('identifier_value') }}
        {%- if nexus.nexus_adds() %}
        and _batch > (select coalesce(max(_batch), 0) from {{ this }} where source = 'nexus')
        {%- endif %}
)

select
    entity_trait_id,
    event_id,
    entity_type,
    identifier_type,
    identifier_value,
    trait_name,
    trait_value,
    source,
    occurred_at,
    _ingested_at{{ nexus.nexus_batch_column(nexus.nexus_this_batch()) }}
from statements

union all

select
    entity_trait_id,
    event_id,
    entity_type,
    identifier_type,
    identifier_value,
    trait_name,
    trait_value,
    source,
    occurred_at,
    _ingested_at{{ nexus.nexus_batch_column('_batch') }}
from internal_users
