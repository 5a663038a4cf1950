{{ config(enabled=nexus.nexus_source_shipped('google_calendar')) }}

{{ nexus.unpivot_traits(
    'google_calendar_participant_occurrences',
    columns=['email', 'name', 'mailbox_type'],
    identifier_column='email',
    identifier_type='email',
    entity_type='person',
    additional_columns=['source', 'occurred_at', '_ingested_at']
) }}
