{{ config(materialized=nexus.nexus_between(), enabled=nexus.nexus_source_shipped('stripe')) }}

{{ nexus.nexus_union(
    ['stripe_person_traits', 'stripe_group_traits'],
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
