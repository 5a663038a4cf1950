{{ config(materialized='table', enabled=nexus_source_enabled('google_calendar')) }}

{{ nexus_union(
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
