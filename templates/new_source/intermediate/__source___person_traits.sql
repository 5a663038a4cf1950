-- Layer 3, intermediate: one row a statement about a person, addressed through one identifier of that person. Traits that are
-- not built in are declared under `vars: nexus: traits`.
{{ config(enabled=nexus.nexus_source_enabled('__source__')) }}

{{ nexus.unpivot_traits(
    '__source___contact_events',
    columns=['name', 'title', 'email', 'phone'],
    identifier_column='contact_id',
    identifier_type='__source___contact_id',
    entity_type='person',
    additional_columns=['source', 'occurred_at', '_ingested_at']
) }}
