{{ config(materialized=nexus.nexus_between(), enabled=nexus.nexus_source_shipped('gmail')) }}

{{ nexus.nexus_union(
    ['gmail_message_events', 'gmail_thread_events'],
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
