{%- set rel = api.Relation.create(database='db', schema='sc', identifier='id') -%}
{%- set no_database = api.Relation.create(schema='sc', identifier='id', type='view') -%}
{%- set column = api.Column('name', 'varchar', char_size=20) -%}
{%- set number = api.Column('n', 'numeric', numeric_precision=10, numeric_scale=2) -%}
{{ cells([
  ('relation', rel), ('no_database', no_database), ('is_view', no_database.is_view), ('quote_off', rel.quote(database=false, schema=false)), ('include', rel.include(database=false)), ('include_schema', rel.include(database=false, schema=false)), ('information_schema', rel.information_schema() | string), ('incorporate', rel.incorporate(path={'identifier': 'other'})), ('incorporate_type', rel.incorporate(type='table').type), ('equal', rel == api.Relation.create(database='db', schema='sc', identifier='id')), ('in_list', [rel | string]), ('embedded_quote', api.Relation.create(schema='s', identifier='we"ird')), ('ref_parts', [rel.database, rel.schema, rel.identifier, rel.name, rel.type]),
  ('column', column.name), ('dtype', column.dtype), ('data_type', column.data_type), ('quoted', column.quoted), ('is_string', column.is_string()), ('is_number', number.is_number()), ('is_numeric', number.is_numeric()), ('numeric_type', number.data_type), ('string_size', column.string_size()), ('string_type', api.Column.string_type(30)), ('translate', api.Column.translate_type('text')), ('create', api.Column.create('c', 'integer').data_type),
  ('adapter_quote', adapter.quote('col name')), ('adapter_type', adapter.type()),
]) }}
