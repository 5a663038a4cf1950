{{ config(materialized=nexus.nexus_between(), enabled=nexus.nexus_source_shipped('google_calendar')) }}

select
    {{ nexus.create_nexus_id('relationship_declaration', [
        'event_id', 'entity_a_identifier', 'entity_a_role', 'entity_b_identifier', 'relationship_type'
    ]) }} as relationship_declaration_id,
    event_id,
    occurred_at,
    entity_a_identifier,
    entity_a_identifier_type,
    entity_a_type,
    entity_a_role,
    entity_b_identifier,
    entity_b_identifier_type,
    entity_b_type,
    entity_b_role,
    relationship_type,
    relationship_direction,
    is_active,
    source,
    _ingested_at
from {{ ref('google_calendar_memberships') }}
