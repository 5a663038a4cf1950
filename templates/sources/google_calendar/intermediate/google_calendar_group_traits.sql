{{ config(enabled=nexus.nexus_source_shipped('google_calendar')) }}

{{ nexus.unpivot_traits(
    'google_calendar_group_occurrences',
    columns=['domain'],
    identifier_column='domain',
    identifier_type='domain',
    entity_type='group',
    additional_columns=['source', 'occurred_at', '_ingested_at']
) }}
