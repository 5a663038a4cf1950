{{ config(materialized=nexus.nexus_between(), enabled=nexus.nexus_source_shipped('google_calendar')) }}

{{ nexus.nexus_union(
    ['google_calendar_person_traits', 'google_calendar_group_traits'],
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
