-- One row an entity and computed trait, of the models that `vars: nexus: traits: <entity type>: <trait>: model` names.
{%- set traits = nexus.nexus_computed_traits() %}
{%- if traits | length == 0 %}
{{ nexus.nexus_empty_rows({
    'computed_trait_id': 'text', 'entity_id': 'text', 'entity_type': 'text', 'trait_name': 'text', 'trait_value': 'text', 'event_id': 'text',
    'source': 'text', 'occurred_at': 'timestamp', '_ingested_at': 'timestamp'
}) }}
{%- else %}
with computed as (
    {%- for trait in traits %}
    {%- do nexus.nexus_check_columns(trait['model'], ref(trait['model']), ['entity_id', 'trait_value', 'event_id', 'occurred_at', '_ingested_at'], 'a model of a computed trait') %}
    select
        entity_id,
        {{ nexus.nexus_text_literal(trait['entity_type']) }} as entity_type,
        {{ nexus.nexus_text_literal(trait['name']) }} as trait_name,
        cast(trait_value as {{ dbt.type_string() }}) as trait_value,
        cast(event_id as {{ dbt.type_string() }}) as event_id,
        {{ nexus.nexus_text_literal(trait['model']) }} as source,
        cast(occurred_at as {{ nexus.nexus_type('timestamp') }}) as occurred_at,
        cast(_ingested_at as {{ nexus.nexus_type('timestamp') }}) as _ingested_at
    from {{ ref(trait['model']) }}
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
)

select
    {{ nexus.create_nexus_id('computed_trait', ['entity_id', 'trait_name']) }} as computed_trait_id,
    entity_id,
    entity_type,
    trait_name,
    trait_value,
    event_id,
    source,
    occurred_at,
    _ingested_at
from computed
where trait_value is not null
{%- endif %}
