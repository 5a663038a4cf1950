{{ config(materialized=nexus.nexus_between(), enabled=nexus.nexus_source_shipped('google_calendar')) }}

{{ nexus.nexus_union(
    ['google_calendar_meeting_events', 'google_calendar_response_events'],
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
