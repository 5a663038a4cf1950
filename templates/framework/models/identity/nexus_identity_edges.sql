-- One row a pair of identifiers of one entity. All identifiers of one occurrence (edge_id) are linked as a star:
-- each to the smallest of them. Entity types never mix.
{%- set incremental = nexus.nexus_config('identity')['incremental'] %}
{{ config(materialized='nexus_in_place' if incremental else 'table') }}
{%- set pending = nexus.nexus_pending_here() if incremental else {'mode': 'all'} %}
{#- Twice in place and not once beside: DuckDB would write all sightings down first. #}
with {% if pending['mode'] != 'all' %}changed as (
    {{ nexus.nexus_changed_since(pending['applied']) | indent(4) }}
),

occurrences as (
    select distinct sightings.edge_id, sightings.entity_type
    from (
        {{ nexus.nexus_joining_sightings() | indent(8) }}
    ) as sightings
    inner join changed
        on {{ nexus.nexus_same_identifier('sightings', 'changed') | indent(4) }}
    where sightings.edge_id is not null
),

{% endif %}members as (
    select
        edge_id,
        entity_type,
        identifier_type,
        identifier_value,
        event_id,
        source,
        occurred_at,
        _ingested_at,
        rule,
        first_value(identifier_type) over (
            partition by edge_id, entity_type
            order by {{ nexus.nexus_byte_order('identifier_type') }}, {{ nexus.nexus_byte_order('identifier_value') }}
            rows between unbounded preceding and unbounded following
        ) as center_type,
        first_value(identifier_value) over (
            partition by edge_id, entity_type
            order by {{ nexus.nexus_byte_order('identifier_type') }}, {{ nexus.nexus_byte_order('identifier_value') }}
            rows between unbounded preceding and unbounded following
        ) as center_value
    from (
        {{ nexus.nexus_joining_sightings() | indent(8) }}
    ) as sightings
    {%- if pending['mode'] == 'all' %}
    where edge_id is not null
    {%- else %}
    inner join occurrences using (edge_id, entity_type)
    {%- endif %}
),

ranked as (
    select
        entity_type,
        center_type,
        center_value,
        identifier_type,
        identifier_value,
        edge_id,
        event_id,
        source,
        rule,
        min(occurred_at) over (partition by entity_type, center_type, center_value, identifier_type, identifier_value) as first_seen_at,
        max(occurred_at) over (partition by entity_type, center_type, center_value, identifier_type, identifier_value) as last_seen_at,
        max(_ingested_at) over (partition by entity_type, center_type, center_value, identifier_type, identifier_value) as _ingested_at,
        count(*) over (partition by entity_type, center_type, center_value, identifier_type, identifier_value) as sightings,
        row_number() over (
            partition by entity_type, center_type, center_value, identifier_type, identifier_value
            order by occurred_at asc nulls last, {{ nexus.nexus_byte_order('event_id') }} asc nulls last, {{ nexus.nexus_byte_order('edge_id') }} asc
        ) as precedence
    from members
    where identifier_type <> center_type
        or identifier_value <> center_value
)

select
    {{ nexus.create_nexus_id('entity_edge', [
        'entity_type', 'center_type', 'center_value', 'identifier_type', 'identifier_value'
    ]) }} as identity_edge_id,
    entity_type,
    center_type as identifier_type_a,
    center_value as identifier_value_a,
    identifier_type as identifier_type_b,
    identifier_value as identifier_value_b,
    sightings,
    edge_id as first_edge_id,
    event_id as first_event_id,
    source as first_source,
    rule,
    first_seen_at,
    last_seen_at,
    _ingested_at
    {%- if incremental %},
    cast({{ pending['batch'] }} as {{ dbt.type_bigint() }}) as change_batch
    {%- endif %}
from ranked
where precedence = 1
{%- if pending['mode'] != 'all' %}
    and (
        exists (
            select 1 as found
            from changed
            where {{ nexus.nexus_same_identifier('ranked', 'changed') | indent(12) }}
        )
        or exists (
            select 1 as found
            from changed
            where changed.entity_type = ranked.entity_type
                and changed.identifier_type = ranked.center_type
                and changed.identifier_value = ranked.center_value
        )
    )
{%- endif %}
