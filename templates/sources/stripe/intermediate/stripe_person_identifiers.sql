{{ config(enabled=nexus.nexus_source_shipped('stripe')) }}

{{ nexus.unpivot_identifiers(
    'stripe_party_occurrences',
    columns=['email', 'phone'],
    edge_id_field='event_id',
    role_column='person_role',
    entity_type='person',
    additional_columns=['source', 'occurred_at', '_ingested_at']
) }}
