{{ config(enabled=nexus_source_enabled('google_calendar')) }}

{{ unpivot_identifiers(
    'google_calendar_participant_occurrences',
    columns=['email'],
    edge_id_field='person_edge',
    role_column='role',
    entity_type='person',
    additional_columns=['source', 'occurred_at', '_ingested_at']
) }}
