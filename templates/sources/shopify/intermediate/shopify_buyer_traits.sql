{{ config(enabled=nexus.nexus_source_shipped('shopify')) }}

{{ nexus.unpivot_traits(
    'shopify_person_occurrences',
    columns=['email', 'phone', 'name', 'shopify_customer_id', 'mailbox_type'],
    identifier_column='shopify_customer_id',
    identifier_type='shopify_customer_id',
    entity_type='person',
    additional_columns=['source', 'occurred_at', '_ingested_at']
) }}
