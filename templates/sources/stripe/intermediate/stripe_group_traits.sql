{{ config(enabled=nexus.nexus_source_shipped('stripe')) }}

{{ nexus.unpivot_traits(
    'stripe_party_occurrences',
    columns=['stripe_customer_id', 'domain', 'myshopify_domain', 'account_name', 'account_phone'],
    identifier_column='stripe_customer_id',
    identifier_type='stripe_customer_id',
    entity_type='group',
    column_to_trait_name={'account_name': 'name', 'account_phone': 'phone'},
    additional_columns=['source', 'occurred_at', '_ingested_at']
) }}
