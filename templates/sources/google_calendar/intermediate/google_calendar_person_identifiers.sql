{{ config(enabled=nexus.nexus_source_shipped('google_calendar')) }}

{{ nexus.unpivot_identifiers(
    'google_calendar_participant_occurrences',
    columns=['email'],
    edge_id_field="event_id || '|' || role || '|' || email",
    role_column='role',
    entity_type='person',
    additional_columns=['source', 'occurred_at', '_ingested_at']
) }}
