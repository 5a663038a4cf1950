{{ config(materialized='table') }}
-- depends_on: {{ ref('people') }}
{% if execute -%}
{%- set people = load_relation(ref('people')) -%}
{%- set made = api.Relation.create(database='db', schema='sc', identifier='id', type='view') -%}
{%- set text = api.Column('name', 'varchar', char_size=20) -%}
{%- set longer = api.Column('name', 'varchar', char_size=40) -%}
{%- set number = api.Column('n', 'numeric', numeric_precision=10, numeric_scale=2) -%}
{%- set struct = api.Column('s', 'STRUCT(a INTEGER, b STRUCT(c VARCHAR))') -%}
{%- set seen = [
    ('constants', [made.Table, made.View, made.CTE, made.MaterializedView, made.External, made.Function, made.PointerTable]),
    ('constants of the class', [api.Relation.Table, api.Relation.View, api.Relation.CTE, api.Relation.MaterializedView, api.Relation.External]),
    ('kinds', [made.is_table, made.is_view, made.is_cte, made.is_materialized_view, made.is_function, made.is_pointer]),
    ('found', [people.is_table, people.type ~ '', people.name, people.table]),
    ('can be', [made.can_be_renamed, made.can_be_replaced, people.can_be_renamed, people.can_be_replaced]),
    ('policies', [made.quote_policy.database, made.include_policy.identifier, made.quote_character]),
    ('path', [made.path.database, made.path.schema, made.path.identifier]),
    ('limit', [made.limit, made.event_time_filter, made.require_alias, made.catalog, made.external]),
    ('renders', [made.render(), made.render_limited(), made.include(schema=false).render(), made.quote(identifier=false).render()]),
    ('replaced', [made.replace_path(identifier='other').render(), made.incorporate(path={'schema': 'there'}, type='table').render()]),
    ('without_identifier', made.without_identifier().render()),
    ('information_schema', [made.information_schema('tables').render(), made.information_schema_only().render()]),
    ('matches', [made.matches(database='db'), made.matches('db', 'sc', 'id'), made.matches(identifier='no')]),
    ('quoted', made.quoted('x')),
    ('add_ephemeral_prefix', made.add_ephemeral_prefix('x')),
    ('scd_args', api.Relation.scd_args('id', 'at')),
    ('scd_args, two', api.Relation.scd_args(['a', 'b'], 'at')),
    ('get', [made.get('identifier'), made.get('absent', 'other')]),
    ('to_dict', made.to_dict().keys() | sort | list),
    ('type of relations', made.get_relation_type.View ~ ' ' ~ api.Relation.get_relation_type.Table),
    ('can_expand_to', [text.can_expand_to(longer), longer.can_expand_to(text), number.can_expand_to(text)]),
    ('sizes', [text.char_size, text.numeric_precision, number.numeric_precision, number.numeric_scale]),
    ('types', [text.data_type, text.expanded_data_type, number.data_type, number.expanded_data_type, struct.data_type]),
    ('is', [text.is_string(), text.is_number(), number.is_numeric(), number.is_integer(), number.is_float(), struct.is_struct(), text.is_struct()]),
    ('flatten', struct.flatten() | map(attribute='name') | list),
    ('flatten, types', struct.flatten() | map(attribute='dtype') | list),
    ('string_size', [text.string_size(), longer.string_size()]),
    ('literal', text.literal("'a'")),
    ('class', [api.Column.string_type(9), api.Column.numeric_type('numeric', 5, 1), api.Column.numeric_type('numeric', none, none), api.Column.translate_type('string')]),
    ('from_description', [api.Column.from_description('a', 'varchar(10)').char_size, api.Column.from_description('a', 'numeric(10,2)').numeric_scale]),
    ('names', [text.name, text.column, text.quoted, text.dtype]),
    ('create', api.Column.create('c', 'integer').data_type),
    ('equal', [text == api.Column('name', 'varchar', char_size=20), made == api.Relation.create(database='db', schema='sc', identifier='id', type='view')]),
    ('assert_valid_snapshot_target_given_strategy', adapter.assert_valid_snapshot_target_given_strategy(people, {'dbt_scd_id': 'id', 'dbt_valid_from': 'id', 'dbt_valid_to': 'id', 'dbt_updated_at': 'id', 'dbt_is_deleted': 'id'}, {'hard_deletes': 'new_record'})),
    ('build_catalog_relation', adapter.build_catalog_relation(config.model)),
    ('get_temp_relation_path', [adapter.get_temp_relation_path(people).schema, adapter.get_temp_relation_path(people).database == people.database, adapter.get_temp_relation_path(people, 'b').identifier is string]),
    ('Relation of the adapter', adapter.Relation.create(identifier='x').render()),
    ('type of the adapter', adapter.type()),
] -%}
{{ as_rows(seen) }}
{%- else -%}
select 1
{%- endif -%}
