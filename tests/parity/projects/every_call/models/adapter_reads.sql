{{ config(materialized='table') }}
-- depends_on: {{ ref('people') }}
{% if execute -%}
{%- set people = load_relation(ref('people')) -%}
{%- set seen = [
    ('get_hard_deletes_behavior', adapter.get_hard_deletes_behavior({'hard_deletes': 'new_record'})),
    ('get_hard_deletes_behavior, none', adapter.get_hard_deletes_behavior({})),
    ('get_hard_deletes_behavior, old', adapter.get_hard_deletes_behavior({'invalidate_hard_deletes': true})),
    ('get_seed_file_path', adapter.get_seed_file_path({'root_path': 'root', 'original_file_path': 'seeds/people.csv', 'package_name': 'every_call'})),
    ('render_raw_columns_constraints', adapter.render_raw_columns_constraints({'id': {'name': 'id', 'data_type': 'integer', 'constraints': [{'type': 'not_null'}, {'type': 'check', 'expression': 'id > 0'}]}, 'name': {'name': 'name', 'data_type': 'varchar', 'constraints': []}})),
    ('render_raw_model_constraints', adapter.render_raw_model_constraints([{'type': 'unique', 'columns': ['id', 'name']}, {'type': 'check', 'expression': 'id > 0'}])),
    ('external_read_location', adapter.external_read_location('here.parquet', {})),
    ('external_read_location, parts', adapter.external_read_location('here', {'partition_by': 'a, b', 'format': 'csv'})),
    ('external_write_options', adapter.external_write_options('here.csv', {'delimiter': '|'})),
    ('external_write_options, none', adapter.external_write_options('here.parquet', {})),
    ('is_ducklake', adapter.is_ducklake(people)),
    ('use_ducklake_table_workarounds', adapter.use_ducklake_table_workarounds(people)),
    ('is_motherduck', adapter.is_motherduck()),
    ('ensure_transaction', adapter.ensure_transaction()),
    ('catalog_supports_foreign_keys', adapter.catalog_supports_foreign_keys(target.database)),
    ('existing_key_constraint_types', adapter.existing_key_constraint_types(people)),
    ('valid_incremental_strategies', adapter.valid_incremental_strategies() | sort),
    ('get_incremental_strategy_macro', adapter.get_incremental_strategy_macro(context, 'append') is not none),
    ('parse_index', adapter.parse_index({'columns': ['id'], 'unique': true}).columns),
    ('parse_index, unique', adapter.parse_index({'columns': ['id'], 'unique': true}).unique),
    ('convert_datetimes_to_strs', adapter.convert_datetimes_to_strs(run_query("select timestamp '2020-01-02 03:04:05' as t")).columns[0].values()),
    ('warn_once', adapter.warn_once('said once')),
    ('valid_snapshot_target', adapter.valid_snapshot_target(people, {'dbt_scd_id': 'id', 'dbt_valid_from': 'id', 'dbt_valid_to': 'id', 'dbt_updated_at': 'id'})),
    ('thread_id', thread_id is defined),
    ('defer_relation', defer_relation),
    ('write', write is defined),
    ('submit_python_job', submit_python_job is defined),
] -%}
{{ as_rows(seen) }}
{%- else -%}
select 1
{%- endif -%}
