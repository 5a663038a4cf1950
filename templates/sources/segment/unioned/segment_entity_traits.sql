{{ config(materialized=nexus.nexus_between(), enabled=nexus.nexus_source_shipped('segment')) }}

{{ nexus.nexus_union(
    ['segment_user_traits', 'segment_visitor_traits', 'segment_address_traits', 'segment_group_traits'],
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
