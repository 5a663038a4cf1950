{{ config(materialized=nexus.nexus_between(), enabled=nexus.nexus_source_shipped('stripe')) }}

{{ nexus.nexus_union(
    ['stripe_person_identifiers', 'stripe_group_identifiers'],
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
