-- Layer 3, intermediate: one row an identifier of a group. A person and a group never share an edge.
{{ config(enabled=nexus.nexus_source_enabled('__source__')) }}

{{ nexus.unpivot_identifiers(
    '__source___contact_events',
    columns=['domain'],
    edge_id_field='event_id',
    role_column="'organization'",
    entity_type='group',
    additional_columns=['source', 'occurred_at', '_ingested_at']
) }}
