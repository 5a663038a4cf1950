{{ config(enabled=nexus.nexus_source_shipped('gmail')) }}

{{ nexus.unpivot_traits(
    'gmail_participant_occurrences',
    columns=['email', 'name', 'phone', 'mailbox_type'],
    identifier_column='email',
    identifier_type='email',
    entity_type='person',
    additional_columns=['source', 'occurred_at', '_ingested_at']
) }}
