{{ config(enabled=nexus.nexus_source_shipped('shopify')) }}

{{ nexus.unpivot_identifiers(
    'shopify_group_occurrences',
    columns=['myshopify_domain', 'shopify_shop_id', 'domain'],
    edge_id_field='event_id',
    role_column='role',
    entity_type='group',
    additional_columns=['source', 'occurred_at', '_ingested_at']
) }}
