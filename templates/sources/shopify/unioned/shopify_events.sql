{{ config(materialized=nexus.nexus_between(), enabled=nexus.nexus_source_shipped('shopify')) }}

{{ nexus.nexus_union(
    ['shopify_shop_events', 'shopify_order_events', 'shopify_buyer_events'],
    columns=[
        'event_id',
        'occurred_at',
        'event_name',
        'event_type',
        'event_description',
        'significance',
        'source',
        'source_table',
        '_ingested_at'
    ]
) }}
