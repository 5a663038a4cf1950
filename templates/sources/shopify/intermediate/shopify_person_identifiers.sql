{{ config(enabled=nexus.nexus_source_shipped('shopify')) }}

{{ nexus.unpivot_identifiers(
    'shopify_person_occurrences',
    columns=['email', 'phone', 'shopify_customer_id'],
    edge_id_field="event_id || '|' || role || case when mailbox_type = 'shared' then '|' || email else '' end",
    role_column='role',
    entity_type='person',
    additional_columns=['source', 'occurred_at', '_ingested_at']
) }}
