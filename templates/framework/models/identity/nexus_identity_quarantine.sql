-- One row a sighting of an identifier that joins nothing, with the reason.
{% set deny = nexus.nexus_config('identity')['deny'] -%}
{% set limited = nexus.nexus_limits() | length > 0 -%}
with
{%- if deny %} good as (
    {{ nexus.nexus_good_sightings() | indent(4) }}
),

denied as (
    {{ nexus.nexus_denied_members('good') | indent(4) }}
),

{% endif %} judged as (
    select
        sightings.entity_identifier_id,
        sightings.event_id,
        sightings.edge_id,
        sightings.entity_type,
        sightings.identifier_type,
        sightings.raw_identifier_value,
        case
            when hubs.identifier_value is not null then 'hub value'
            {%- if deny %}
            when denied.edge_id is not null then 'denied pair'
            {%- endif %}
            {%- if limited %}
            when limits.edge_id is not null then 'entity limit'
            {%- endif %}
            else sightings.quarantine_reason
        end as reason,
        sightings.role,
        sightings.source,
        sightings.occurred_at,
        sightings._ingested_at
    from {{ ref('nexus_entity_identifiers') }} as sightings
    left join {{ ref('nexus_identity_hubs') }} as hubs
        on sightings.entity_type = hubs.entity_type
        and sightings.identifier_type = hubs.identifier_type
        and sightings.identifier_value = hubs.identifier_value
    {%- if deny %}
    left join denied
        on sightings.edge_id = denied.edge_id
        and sightings.entity_type = denied.entity_type
        and sightings.identifier_type = denied.identifier_type
        and sightings.identifier_value = denied.identifier_value
    {%- endif %}
    {%- if limited %}
    left join {{ ref('nexus_identity_limits') }} as limits
        on sightings.edge_id = limits.edge_id
        and sightings.entity_type = limits.entity_type
        and sightings.identifier_type = limits.identifier_type
        and sightings.identifier_value = limits.identifier_value
    {%- endif %}
)

select
    {{ nexus.create_nexus_id('quarantine', ['entity_identifier_id']) }} as quarantine_id,
    entity_identifier_id,
    event_id,
    edge_id,
    entity_type,
    identifier_type,
    raw_identifier_value,
    reason,
    role,
    source,
    occurred_at,
    _ingested_at
from judged
where reason is not null
