{{ config(materialized=nexus.nexus_between(), enabled=nexus.nexus_source_shipped('gmail')) }}

{{ nexus.nexus_union(
    ['gmail_person_identifiers', 'gmail_group_identifiers'],
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
