-- One row an event, an entity that took part in it, and its role.
{{ config(
    materialized=nexus.nexus_growing(),
    incremental_strategy=nexus.nexus_replacing(),
    unique_key='entity_participant_id',
    pre_hook="{{ nexus.nexus_delete_touched('events') }}"
) }}
select
    {{ nexus.create_nexus_id('entity_participant', ['event_id', 'entity_id', 'role']) }} as entity_participant_id,
    event_id,
    entity_id,
    entity_type,
    role,
    occurred_at,
    _ingested_at{{ nexus.nexus_batch_columns('nexus_entity_identifiers') }}
from (
    select
        sightings.event_id,
        resolved.entity_id,
        resolved.entity_type,
        sightings.role,
        min(sightings.occurred_at) as occurred_at,
        max(sightings._ingested_at) as _ingested_at
    from {{ ref('nexus_entity_identifiers') }} as sightings
    inner join {{ ref('nexus_resolved_identifiers') }} as resolved
        on sightings.entity_type = resolved.entity_type
        and sightings.identifier_type = resolved.identifier_type
        and sightings.identifier_value = resolved.identifier_value
    where sightings.event_id is not null
    {%- if nexus.nexus_adds() %}
        and sightings.event_id in (
            {{ nexus.nexus_touched_events() | indent(12) }}
        )
    {%- endif %}
    group by sightings.event_id, resolved.entity_id, resolved.entity_type, sightings.role
) as participants
