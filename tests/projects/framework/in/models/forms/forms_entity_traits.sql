{{ nexus.unpivot_traits(
    'forms_occurrences',
    columns=['full_name'],
    column_to_trait_name={'full_name': 'name'},
    identifier_column='email',
    additional_columns=["'forms' as source", 'occurred_at', '_ingested_at']
) }}
