{{ config(enabled=nexus.nexus_source_shipped('segment')) }}

{{ nexus.unpivot_identifiers(
    'segment_person_occurrences',
    columns=['anonymous_id', 'user_id', 'previous_anonymous_id', 'previous_user_id', 'email', 'phone'],
    column_to_identifier_type={
        'anonymous_id': 'segment_anonymous_id',
        'user_id': 'segment_user_id',
        'previous_anonymous_id': 'segment_anonymous_id',
        'previous_user_id': 'segment_user_id'
    },
    edge_id_field="event_id || '|visitor' || coalesce('|' || shared_email, '')",
    role_column='role',
    entity_type='person',
    additional_columns=['source', 'occurred_at', '_ingested_at']
) }}
