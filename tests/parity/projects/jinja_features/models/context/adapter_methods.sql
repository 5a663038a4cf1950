-- depends_on: {{ ref('numbers') }}
{%- set relation = ref('numbers') -%}
{%- if execute -%}
{%- set columns = adapter.get_columns_in_relation(relation) -%}
{%- set found = adapter.get_relation(relation.database, relation.schema, relation.identifier) -%}
{%- set loaded = load_relation(relation) -%}
{{ cells([
  ('names', columns | map(attribute='name') | list), ('types', columns | map(attribute='data_type') | list), ('quoted', columns | map(attribute='quoted') | list), ('found', found.identifier), ('found_type', found.type), ('absent', adapter.get_relation(relation.database, relation.schema, 'not_there')), ('loaded', loaded.is_table), ('schema_exists', adapter.check_schema_exists(relation.database, relation.schema)), ('no_schema', adapter.check_schema_exists(relation.database, 'not_there')), ('columns_macro', get_columns_in_query('select 1 as a, 2 as b')), ('column_print', columns[0].name ~ ':' ~ columns[0].dtype), ('csv', get_quoted_csv(['a', 'b'])),
]) }}
{%- else -%}
select '' as label, '' as value
{%- endif -%}
