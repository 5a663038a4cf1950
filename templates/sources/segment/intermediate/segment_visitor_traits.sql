{{ config(enabled=nexus.nexus_source_shipped('segment')) }}

{{ nexus.unpivot_traits(
    'segment_person_occurrences',
    columns=['email', 'phone', 'name', 'title', 'mailbox_type'],
    identifier_column='visitor_id',
    identifier_type='segment_anonymous_id',
    entity_type='person',
    additional_columns=['source', 'occurred_at', '_ingested_at']
) }}
