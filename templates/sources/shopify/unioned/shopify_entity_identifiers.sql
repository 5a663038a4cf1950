{{ config(materialized=nexus.nexus_between(), enabled=nexus.nexus_source_shipped('shopify')) }}

{{ nexus.nexus_union(
    ['shopify_person_identifiers', 'shopify_group_identifiers'],
    columns=[
        'entity_identifier_id',
        'event_id',
        'edge_id',
        'entity_type',
        'identifier_type',
        'identifier_value',
        'role',
        'source',
        'occurred_at',
        '_ingested_at'
    ]
) }}
