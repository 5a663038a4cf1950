{%- set r = api.Relation.create(database='d', schema='s', identifier='i', type='view') -%}
{{ r.is_view }}
{{ r.type == 'view' }}
{{ r.to_dict() | length > 3 }}
{{ r.matches(database='d', schema='s', identifier='i') }}
{{ r.replace_path(identifier='z') }}
{{ r.include(identifier=false) }}
{{ r.quote(schema=false, identifier=false) }}
{{ r.quoted('x') }}
{{ r.can_be_renamed }}
{{ r.can_be_replaced }}
{{ r.without_identifier() }}
{{ api.Relation.View }}
{{ api.Relation.get_relation_type is defined }}
{{ api.Relation.Table == 'table' }}
{{ r.information_schema('columns') }}
{{ r.information_schema_only() }}
{{ r.add_ephemeral_prefix('n') }}
{{ r.quote_policy }}
{{ r.include_policy }}
{{ r.path }}
{{ r.is_materialized_view }}
{{ r.keys() | list if false else '' }}
{{ r.render_limited() }}
{{ r.create(schema='q', identifier='w') }}
{{ r.database }}
{{ r['schema'] }}
{{ r.get('identifier') }}
{{ r.quote_character }}
{{ api.Relation.create(identifier='only') }}
{{ api.Relation.create(schema='s') }}
{{ r.render() }}
{{ r | length if false else '' }}
