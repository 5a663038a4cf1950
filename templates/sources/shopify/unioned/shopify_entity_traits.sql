{{ config(materialized=nexus.nexus_between(), enabled=nexus.nexus_source_shipped('shopify')) }}

{{ nexus.nexus_union(
    ['shopify_buyer_traits', 'shopify_address_traits', 'shopify_group_traits'],
    columns=[
        'entity_trait_id',
        'event_id',
        'entity_type',
        'identifier_type',
        'identifier_value',
        'trait_name',
        'trait_value',
        'source',
        'occurred_at',
        '_ingested_at'
    ]
) }}
