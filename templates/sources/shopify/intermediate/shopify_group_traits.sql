{{ config(enabled=nexus.nexus_source_shipped('shopify')) }}

{{ nexus.unpivot_traits(
    'shopify_group_occurrences',
    columns=['myshopify_domain', 'shopify_shop_id', 'domain', 'name', 'phone', 'plan', 'timezone'],
    identifier_column='myshopify_domain',
    identifier_type='myshopify_domain',
    entity_type='group',
    additional_columns=['source', 'occurred_at', '_ingested_at']
) }}
