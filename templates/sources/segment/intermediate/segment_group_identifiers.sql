{{ config(enabled=nexus.nexus_source_shipped('segment')) }}

{{ nexus.unpivot_identifiers(
    'segment_group_occurrences',
    columns=['group_id', 'domain'],
    column_to_identifier_type={'group_id': 'segment_group_id'},
    edge_id_field='event_id',
    role_column='role',
    entity_type='group',
    additional_columns=['source', 'occurred_at', '_ingested_at']
) }}
