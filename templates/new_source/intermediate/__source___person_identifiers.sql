-- Layer 3, intermediate: one row an identifier of a person. All identifiers of one row of the model share an edge: they are one
-- person. A shared mailbox (info@, support@) belongs into an occurrence of its own, so that it joins nobody.
{{ config(enabled=nexus.nexus_source_enabled('__source__')) }}

{{ nexus.unpivot_identifiers(
    '__source___contact_events',
    columns=['contact_id', 'email', 'phone'],
    column_to_identifier_type={'contact_id': '__source___contact_id'},
    edge_id_field='event_id',
    role_column='role',
    entity_type='person',
    additional_columns=['source', 'occurred_at', '_ingested_at']
) }}
