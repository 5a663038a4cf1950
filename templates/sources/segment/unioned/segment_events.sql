{{ config(materialized=nexus.nexus_between(), enabled=nexus.nexus_source_shipped('segment')) }}

{{ nexus.nexus_union(
    ['segment_identity_events', 'segment_group_events', 'segment_behaviour_events'],
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
