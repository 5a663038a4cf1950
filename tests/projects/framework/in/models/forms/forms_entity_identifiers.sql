-- Two columns of one type, equal in the first row.
{{ nexus.unpivot_identifiers(
    'forms_occurrences',
    columns=['email', 'work_email'],
    column_to_identifier_type={'work_email': 'email'},
    edge_id_field='row_id',
    role_column="'sender'",
    additional_columns=["'forms' as source", 'forms_occurrences.occurred_at', '_ingested_at']
) }}
