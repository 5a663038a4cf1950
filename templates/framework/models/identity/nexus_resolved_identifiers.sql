-- One row an identifier and the entity it belongs to.
{%- set incremental = nexus.nexus_config('identity')['incremental'] %}
{{ config(materialized='nexus_in_place' if incremental else 'table') }}
{% if incremental -%}
{%- set pending = nexus.nexus_pending_here() -%}
{%- set components = ref('nexus_identity_components') -%}
{%- set scope = 'scope' if pending['mode'] != 'all' else none -%}
with {% if scope %}scope as (
    {{ nexus.nexus_identifiers_in_question(pending['applied']) | indent(4) }}

    union {% if target.type == 'bigquery' %}distinct{% endif %}

    select {{ nexus.nexus_identifier_columns() }}
    from {{ ref('nexus_identity_ledger') }}
    where {{ nexus.nexus_is_decided_since(this) }}
),

{% endif %}entities as (
    {{ nexus.nexus_ledger_current(ref('nexus_identity_ledger'), scope) | indent(4) }}
)

select
    entities.entity_id,
    entities.entity_type,
    entities.identifier_type,
    entities.identifier_value,
    nodes.sightings,
    nodes.first_seen_at,
    nodes.last_seen_at,
    nodes._ingested_at,
    (select max(batch) from {{ ref('nexus_identity_ledger') }}) as decision_batch,
    cast({{ pending['batch'] }} as {{ dbt.type_bigint() }}) as change_batch
from entities
inner join {{ ref('nexus_identity_nodes') }} as nodes
    on entities.entity_type = nodes.entity_type
    and entities.identifier_type = nodes.identifier_type
    and entities.identifier_value = nodes.identifier_value
{%- else -%}
select
    {{ nexus.nexus_entity_id('components.entity_type', 'components.component') }} as entity_id,
    components.entity_type,
    components.identifier_type,
    components.identifier_value,
    nodes.sightings,
    nodes.first_seen_at,
    nodes.last_seen_at,
    nodes._ingested_at
from {{ ref('nexus_identity_components') }} as components
inner join {{ ref('nexus_identity_nodes') }} as nodes
    on components.entity_type = nodes.entity_type
    and components.identifier_type = nodes.identifier_type
    and components.identifier_value = nodes.identifier_value
{%- endif %}
