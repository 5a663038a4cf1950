-- One row what a source says of an entity, addressed to it through one of its identifiers as it was delivered, however often it is said; the value of
-- the identifier is here as it is compared too. An empty value states nothing. Persons with an address of ours are stated to be internal users.
{{ config(
    materialized=nexus.nexus_growing(),
    incremental_strategy=nexus.nexus_replacing(),
    unique_key='entity_trait_id',
    post_hook="{{ nexus.nexus_delete_unsaid() }}"
) }}
{%- set adds = nexus.nexus_adds() %}
{%- set written = ['entity_trait_id', 'event_id', 'entity_type', 'identifier_type', 'identifier_value', 'raw_identifier_value', 'trait_name', 'trait_value', 'source',
    'occurred_at', '_ingested_at', 'first_event_id', 'first_occurred_at', 'first_ingested_at', 'statements'] %}
{%- set changing = ['event_id', 'occurred_at', '_ingested_at', 'first_event_id', 'first_occurred_at', 'first_ingested_at', 'statements'] %}
with {% if adds %}touched as (
    select distinct
        entity_type,
        identifier_type,
        identifier_value,
        trait_name
    from (
        {{ nexus.nexus_delivered_statements('newest') | indent(8) }}
    ) as newest
    where not {{ nexus.nexus_is_empty('trait_value') }}
),

{% endif %}said as (
    select
        delivered.source,
        delivered.entity_type,
        delivered.identifier_type,
        delivered.identifier_value as raw_identifier_value,
        delivered.trait_name,
        delivered.trait_value,
        count(*) as statements,
        min(occurred_at) as first_occurred_at,
        max(occurred_at) as occurred_at,
        {{ nexus.nexus_saying('first') }} as first_saying,
        {{ nexus.nexus_saying('last') }} as last_saying
    from (
        {{ nexus.nexus_delivered_statements('all') | indent(8) }}
    ) as delivered
    {%- if adds %}
    inner join touched
        on {{ nexus.nexus_same_subject('delivered', 'identifier_value', 'touched', 'identifier_value') | indent(4) }}
    {%- endif %}
    group by
        delivered.source,
        delivered.entity_type,
        delivered.identifier_type,
        delivered.identifier_value,
        delivered.trait_name,
        delivered.trait_value
),

stated as (
    select
        {{ nexus.create_nexus_id('entity_trait', ['source', 'entity_type', 'identifier_type', 'raw_identifier_value', 'trait_name', 'trait_value']) }} as entity_trait_id,
        {{ nexus.nexus_saying_part('last_saying', 'event_id') }} as event_id,
        entity_type,
        identifier_type,
        {{ nexus.nexus_normalize_by_type('identifier_type', 'raw_identifier_value') }} as identifier_value,
        raw_identifier_value,
        trait_name,
        trait_value,
        source,
        occurred_at,
        {{ nexus.nexus_saying_part('last_saying', '_ingested_at') }} as _ingested_at,
        {{ nexus.nexus_saying_part('first_saying', 'event_id') }} as first_event_id,
        first_occurred_at,
        {{ nexus.nexus_saying_part('first_saying', '_ingested_at') }} as first_ingested_at,
        statements
    from said
    where not {{ nexus.nexus_is_empty('trait_value') }}
)

select
    {%- for column in written %}
    stated.{{ column }}{% if not loop.last %},{% endif %}
    {%- endfor %}{{ nexus.nexus_batch_column(nexus.nexus_this_batch()) }}
from stated
{%- if adds %}
left join {{ this }} as known on stated.entity_trait_id = known.entity_trait_id
where known.entity_trait_id is null
    {%- for column in changing %}
    or {{ nexus.nexus_is_distinct('stated.' ~ column, 'known.' ~ column) }}
    {%- endfor %}

union all

-- What rows that came again say no more; a hook takes it away.
select
    {%- for column in written %}
    {% if column == 'statements' %}0 as statements{% else %}known.{{ column }}{% endif %}{% if not loop.last %},{% endif %}
    {%- endfor %}{{ nexus.nexus_batch_column('known._batch') }}
from {{ this }} as known
inner join touched
    on {{ nexus.nexus_same_subject('known', 'raw_identifier_value', 'touched', 'identifier_value') }}
left join stated on known.entity_trait_id = stated.entity_trait_id
where stated.entity_trait_id is null
{%- endif %}
