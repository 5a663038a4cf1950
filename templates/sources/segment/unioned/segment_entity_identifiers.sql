{{ config(materialized=nexus.nexus_between(), enabled=nexus.nexus_source_shipped('segment')) }}

{{ nexus.nexus_union(
    ['segment_person_identifiers', 'segment_group_identifiers'],
    columns=[
        'entity_identifier_id',
        'event_id',
        'edge_id',
        'entity_type',
        'identifier_type',
        'identifier_value',
        'role',
        'source',
        'occurred_at',
        '_ingested_at'
    ]
) }}
