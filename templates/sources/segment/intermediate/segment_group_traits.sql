{{ config(enabled=nexus.nexus_source_shipped('segment')) }}

{{ nexus.unpivot_traits(
    'segment_group_occurrences',
    columns=['domain', 'name', 'plan'],
    identifier_column='group_id',
    identifier_type='segment_group_id',
    entity_type='group',
    additional_columns=['source', 'occurred_at', '_ingested_at']
) }}
