{%- set rel = api.Relation.create(database=target.database, schema=target.schema, identifier='nowhere') -%}
{{ toolbox.column_values(rel, 'x', default=['d1', 'd2']) | join(', ') }}
