{{ config(enabled=nexus.nexus_source_shipped('stripe')) }}

{{ nexus.unpivot_traits(
    'stripe_party_occurrences',
    columns=['email', 'phone', 'person_name'],
    identifier_column='email',
    identifier_type='email',
    entity_type='person',
    column_to_trait_name={'person_name': 'name'},
    additional_columns=['source', 'occurred_at', '_ingested_at']
) }}
