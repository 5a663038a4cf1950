{{ config(enabled=nexus.nexus_source_shipped('gmail')) }}

{{ nexus.unpivot_identifiers(
    'gmail_participant_occurrences',
    columns=['email', 'phone'],
    edge_id_field="event_id || '|' || role || '|' || email",
    role_column='role',
    entity_type='person',
    additional_columns=['source', 'occurred_at', '_ingested_at']
) }}
