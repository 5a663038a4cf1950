-- One row an event, an entity that took part in it, and its role.
select
    {{ nexus.create_nexus_id('entity_participant', ['sightings.event_id', 'resolved.entity_id', 'sightings.role']) }} as entity_participant_id,
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
group by sightings.event_id, resolved.entity_id, resolved.entity_type, sightings.role
