{{ config(enabled=nexus.nexus_source_shipped('gmail')) }}

{{ nexus.unpivot_identifiers(
    'gmail_group_occurrences',
    columns=['domain'],
    edge_id_field="event_id || '|' || domain",
    role_column='role',
    entity_type='group',
    additional_columns=['source', 'occurred_at', '_ingested_at']
) }}
