{{ config(materialized='table', contract={'enforced': true}) }}
-- depends_on: {{ ref('people') }}
{% if execute -%}
{%- set people = ref('people') -%}
{%- set found = [] -%}
{%- do validate_string_field(1, 'a', found) -%}
{%- do validate_string_field('text', 'a', found) -%}
{%- do validate_string_list_field('text', 'b', found) -%}
{%- do validate_string_list_field(['one', 2], 'b', found) -%}
{%- do validate_string_list_field(['one'], 'b', found) -%}
{%- do validate_dict_field([], 'c', found) -%}
{%- do validate_dict_field({}, 'c', found) -%}
{%- set clauses = [] -%}
{%- do validate_merge_clause_list({'when_matched': 'x'}, 'when_matched', clauses) -%}
{%- do validate_merge_clause_list({'when_matched': []}, 'when_matched', clauses) -%}
{%- do validate_merge_clause_list({'when_matched': [{}, 'x', {}]}, 'when_matched', clauses) -%}
{%- set whole = [] -%}
{%- do validate_merge_clauses({'merge_clauses': {'other': []}, 'merge_update_columns': ['a']}, {'merge_update_columns': 'sequence'}, whole) -%}
{%- do validate_merge_clauses({}, {'merge_update_columns': 'sequence'}, whole) -%}
{%- do validate_ducklake_restrictions({'merge_returning_columns': ['a']}, people, whole) -%}
{%- set tables -%}
  with tables as (
    {{ duckdb__get_catalog_tables_sql(people.information_schema()) }}
    {{ duckdb__get_catalog_relations_where_clause_sql([people]) }}
  ),
  columns as (
    {{ duckdb__get_catalog_columns_sql(people.information_schema()) }}
    {{ duckdb__get_catalog_schemas_where_clause_sql([people.schema]) }}
  )
  {{ duckdb__get_catalog_results_sql() }}
{%- endset -%}
{%- set catalog = run_query(tables) -%}
{%- set nothing -%}
  {{ duckdb__get_catalog_tables_sql(people.information_schema()) }}
  {{ duckdb__get_catalog_schemas_where_clause_sql([]) }}
{%- endset -%}
{%- set staging = duckdb__dispatch_temporary_relation(this) -%}
{%- set seen = [
    ('validate fields', found | length),
    ('validate_merge_clause_list', clauses | length),
    ('validate_merge_clauses', whole | length),
    ('catalog names', catalog.column_names),
    ('catalog columns', catalog.columns['column_name'].values()),
    ('catalog types', catalog.columns['table_type'].values() | unique | list),
    ('catalog of nothing', run_query(nothing).rows | length),
    ('dispatch_temporary_relation', staging['temporary'] ~ ' ' ~ staging['relation'].schema ~ ' ' ~ (staging['relation'].identifier is string)),
    ('flight_name', flight_name({'package_name': 'p', 'schema': 's', 'name': 'n', 'alias': 'a'})),
    ('flight_name, little', flight_name({'name': 'n'})),
    ('enforced_constraint_types', enforced_constraint_types() | sort),
    ('existing_constraint_types', existing_constraint_types(people)),
    ('existing_constraint_types, none', existing_constraint_types(none)),
    ('has_foreign_key_constraints', has_foreign_key_constraints(people)),
    ('may_be_foreign_key_target', may_be_foreign_key_target(people)),
    ('drop_foreign_key_dependents', drop_foreign_key_dependents(people)),
    ('restore_foreign_key_dependents', restore_foreign_key_dependents([]) | trim),
    ('batch_id_for_model', adapter.batch_id_for_model({'batch': {'event_time_start': '2020-01-02 03:04:05+00:00'}})),
    ('batch_id_for_model, none', adapter.batch_id_for_model(model)),
    ('get_function_config', this.get_function_config(model)),
    ('get_function_macro_name', this.get_function_macro_name(this.get_function_config({'resource_type': 'function', 'language': 'sql', 'config': {'type': 'scalar'}}))),
    ('materialized_view_execute_no_op', materialized_view_execute_no_op(this) | trim),
    ('materialized_view_get_build_sql', materialized_view_get_build_sql is not none),
    ('javascript', scalar_function_volatility_javascript() | trim),
] -%}
select what::varchar as what, answer::varchar as answer from ({{ as_rows(seen) }})
{%- else -%}
select '' as what, '' as answer
{%- endif -%}
