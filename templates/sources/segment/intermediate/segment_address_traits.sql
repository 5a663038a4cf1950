{{ config(enabled=nexus.nexus_source_shipped('segment')) }}

{{ nexus.unpivot_traits(
    'segment_person_occurrences',
    columns=['email', 'mailbox_type'],
    identifier_column='shared_email',
    identifier_type='email',
    entity_type='person',
    additional_columns=['source', 'occurred_at', '_ingested_at']
) }}
