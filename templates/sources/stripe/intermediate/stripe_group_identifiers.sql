{{ config(enabled=nexus.nexus_source_shipped('stripe')) }}

{{ nexus.unpivot_identifiers(
    'stripe_party_occurrences',
    columns=['stripe_customer_id', 'domain', 'myshopify_domain'],
    edge_id_field='event_id',
    role_column='account_role',
    entity_type='group',
    additional_columns=['source', 'occurred_at', '_ingested_at']
) }}
