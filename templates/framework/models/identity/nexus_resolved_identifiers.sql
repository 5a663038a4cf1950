-- One row an identifier and the entity it belongs to.
{% if nexus.nexus_config('identity')['incremental'] -%}
with entities as (
    {{ nexus.nexus_ledger_current(ref('nexus_identity_ledger')) | indent(4) }}
)

select
    entities.entity_id,
    entities.entity_type,
    entities.identifier_type,
    entities.identifier_value,
    nodes.sightings,
    nodes.first_seen_at,
    nodes.last_seen_at,
    nodes._ingested_at
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
