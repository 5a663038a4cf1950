-- depends_on: {{ ref('people') }}
{% if execute %}
{{ adapter.type() }}
{{ adapter.quote('a') }}
{{ adapter.quote_as_configured('a', 'identifier') }}
{{ adapter.quote_as_configured('a', 'schema') }}
{{ adapter.quote_seed_column('a', none) }}
{{ adapter.quote_seed_column('a', false) }}
{{ adapter.check_schema_exists(target.database, target.schema) }}
{{ adapter.get_relation(target.database, target.schema, 'people').identifier }}
{{ adapter.get_relation(database=target.database, schema=target.schema, identifier='nowhere') is none }}
{{ adapter.valid_incremental_strategies() | sort }}
{{ adapter.get_missing_columns(ref('people'), ref('people')) }}
{{ adapter.standardize_grants_dict is defined }}
{{ adapter.escape_sql_string("it's") }}
{{ adapter.is_motherduck() }}
{{ adapter.disable_transactions() }}
{{ adapter.external_root() }}
{{ adapter.config.project_name if adapter.config else '' }}
{{ adapter.get_column_schema_from_query('select 1 as a, 2.5 as b') | map(attribute='name') | list }}
{{ adapter.get_column_schema_from_query('select 1 as a, 2.5 as b') | map(attribute='data_type') | list }}
{{ adapter.Relation.create(schema='a', identifier='b') }}
{{ adapter.get_binding_char() }}
{{ adapter.behavior is defined }}
{% endif %}
