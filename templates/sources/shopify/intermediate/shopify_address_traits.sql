{{ config(enabled=nexus.nexus_source_shipped('shopify')) }}

{{ nexus.unpivot_traits(
    'shopify_person_occurrences',
    columns=['email', 'name', 'mailbox_type'],
    identifier_column='email',
    identifier_type='email',
    entity_type='person',
    additional_columns=['source', 'occurred_at', '_ingested_at']
) }}
