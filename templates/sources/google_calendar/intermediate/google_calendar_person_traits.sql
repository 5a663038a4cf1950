{{ config(enabled=nexus_source_enabled('google_calendar')) }}

{{ unpivot_traits(
    'google_calendar_participant_occurrences',
    columns=['email', 'name', 'mailbox_type'],
    identifier_column='email',
    identifier_type='email',
    entity_type='person',
    additional_columns=['source', 'occurred_at', '_ingested_at']
) }}
