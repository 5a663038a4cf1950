{{ config(materialized='table') }}
-- depends_on: {{ ref('people') }}
{% if execute -%}
{%- set people = ref('people') -%}
{%- set columns = adapter.get_columns_in_relation(people) -%}
{%- set other = [api.Column('id', 'VARCHAR'), api.Column('extra', 'DATE')] -%}
{%- set seen = [
    ('get_columns_in_query', get_columns_in_query('select 1 as a, 2 as b')),
    ('get_list_of_column_names', get_list_of_column_names(columns)),
    ('get_quoted_csv', get_quoted_csv(['a', 'b'])),
    ('diff_columns', diff_columns(columns, other) | map(attribute='name') | list),
    ('diff_column_data_types', diff_column_data_types(columns, other)),
    ('get_merge_update_columns', get_merge_update_columns(['name'], none, columns)),
    ('get_merge_update_columns, excluded', get_merge_update_columns(none, ['name'], columns)),
    ('incremental_validate_on_schema_change', incremental_validate_on_schema_change('fail')),
    ('incremental_validate_on_schema_change, unknown', incremental_validate_on_schema_change('maybe')),
    ('should_store_failures', should_store_failures()),
    ('get_powers_of_two', dbt.get_powers_of_two(9)),
    ('get_intervals_between', dbt.get_intervals_between("'2020-01-01'::date", "'2020-01-05'::date", 'day')),
    ('dates_in_range', dates_in_range('2020-01-01', '2020-01-03', '%Y-%m-%d')),
    ('partition_range', partition_range('20200101,20200103')),
    ('convert_datetime', convert_datetime('2020-01-01', '%Y-%m-%d')),
    ('information_schema_name', information_schema_name(target.database) is not none),
    ('list_schemas', list_schemas(target.database).columns[0].values() | select('equalto', 'main') | list | length > 0),
    ('list_relations_without_caching', list_relations_without_caching(people.without_identifier()).rows | length > 0),
    ('make_hook_config', make_hook_config('select 1', true)),
    ('before_begin', before_begin('select 1')),
    ('in_transaction', in_transaction('select 1')),
    ('after_commit', after_commit('select 1')),
    ('generate_schema_name', generate_schema_name('more', model)),
    ('generate_schema_name_for_env', generate_schema_name_for_env('more', model)),
    ('generate_database_name', generate_database_name('other', model) | trim),
    ('generate_alias_name', generate_alias_name('named', model)),
    ('generate_latest_version_pointer_alias', generate_latest_version_pointer_alias(none, model) | trim),
    ('get_seed_column_quoted_csv', get_seed_column_quoted_csv({'config': {'quote_columns': false}}, ['a', 'b'])),
    ('get_batch_size', get_batch_size()),
    ('get_binding_char', get_binding_char()),
    ('make_temp_relation', make_temp_relation(this, '_t').identifier is string),
    ('make_intermediate_relation', make_intermediate_relation(this).identifier),
    ('make_backup_relation', make_backup_relation(this, 'table').identifier),
    ('get_or_create_relation', get_or_create_relation(target.database, target.schema, 'nowhere', 'table')[1].identifier),
    ('load_cached_relation', load_cached_relation(people)),
    ('is_incremental', is_incremental()),
    ('should_full_refresh', should_full_refresh()),
    ('support_multiple_grantees_per_dcl_statement', support_multiple_grantees_per_dcl_statement()),
    ('copy_grants', copy_grants()),
    ('should_revoke', should_revoke(none, true)),
    ('can_clone_table', can_clone_table()),
    ('resolve_model_name', resolve_model_name(people)),
    ('get_dbt_valid_to_current', get_dbt_valid_to_current({'updated_at': 'now()'}, {'dbt_valid_to': 'dbt_valid_to'}) | trim),
    ('unique_key_fields', unique_key_fields(['a', 'b'])),
    ('get_true_sql', get_true_sql() | trim),
    ('strategy_dispatch', strategy_dispatch('timestamp') is not none),
    ('snapshot_hash_arguments', snapshot_hash_arguments(['1', '2']) | trim | length > 10),
    ('validate_doc_columns', validate_doc_columns(people, {'id': {'name': 'id'}, 'absent': {'name': 'absent'}}, ['id', 'name']) | list),
    ('get_snapshot_table_column_names', get_snapshot_table_column_names()),
    ('escape_single_quotes', dbt.escape_single_quotes("it's")),
    ('is_core_v2', is_core_v2()),
] -%}
{{ as_rows(seen) }}
{%- else -%}
select 1
{%- endif -%}
