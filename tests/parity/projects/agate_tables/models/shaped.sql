{%- set t = sales() -%}
{%- set long = run_query("select * from (values ('a', 'height', 1.5), ('a', 'width', 2), ('b', 'height', 3), ('c', 'depth', null)) t(item, property, value)") -%}
{%- set texts = run_query("select * from (values ('a', 'p', '1'), ('a', 'q', '2024-01-05'), ('b', 'p', '$2.50'), ('b', 'r', '1:30'), ('c', 's', 'yes'), ('c', 't', '2024-01-05 10:00:00')) t(item, property, value)") -%}
{%- if execute %}
/*
{{ shown('normalize', t.normalize('region', ['product', 'amount'])) }}
{{ shown('normalize numbers', t.normalize(['region', 'product'], 'amount', 'what', 'how_much')) }}
{{ shown('normalize dates', t.normalize('region', ['sold_on'])) }}
{{ shown('normalize truths', t.normalize('region', ['is_paid'])) }}
{{ shown('normalize typed', t.normalize('region', ['amount', 'product'], column_types=[t.column_types[0], t.column_types[0]])) }}
{{ shown('denormalize', long.denormalize('item')) }}
{{ shown('denormalize default', long.denormalize('item', 'property', 'value', default_value=none)) }}
{{ shown('denormalize texts', texts.denormalize('item')) }}
{{ shown('denormalize two keys', t.denormalize(['region', 'product'], 'product', 'amount')) }}
{{ shown('denormalize no key', long.denormalize(property_column='item', value_column='value')) }}
{{ long.denormalize('item').rows['b'].dict() }}
{{ shown('pivot one', t.pivot('region')) }}
{{ shown('pivot two', t.pivot(['region', 'product'])) }}
{{ shown('pivot across', t.pivot('region', 'product')) }}
{{ shown('pivot across two', t.pivot(['region', 'is_paid'], 'product')) }}
{{ shown('pivot default', t.pivot('region', 'product', default_value=none)) }}
{{ shown('pivot only across', t.pivot(pivot='product')) }}
{{ shown('pivot named', t.pivot('region', key_name='where')) }}
{{ shown('pivot by function', t.pivot(first_letter)) }}
{{ shown('pivot by named function', t.pivot(first_letter, key_name='letter')) }}
{{ t.pivot() }}
{{ shown('homogenize', t.homogenize('product', ['a', 'c'])) }}
{{ shown('homogenize two', t.homogenize(['region', 'product'], [['north', 'z']], ['w', 'x', none])) if false }}
{{ shown('homogenize made', t.homogenize('region', [['west']], default_row)) }}
{{ shown('objects', t.from_object([{'a': 1, 'b': {'c': 'x', 'd': [1.5, 2]}}, {'a': 2, 'e': none}])) }}
{{ shown('objects named', t.from_object([{'a': 'p', 'b': '12'}, {'a': 'q', 'b': '7%'}], row_names='a')) }}
{{ shown('bins', t.bins('amount')) }}
{{ shown('bins three', t.bins('amount', 3)) }}
{{ shown('bins between', t.bins('amount', 4, 1, 50)) }}
{{ t.columns['amount'].data_type.cast('$1,000.50') }} {{ t.columns[0].data_type.test('x') }} {{ t.columns['amount'].data_type.test('x') }}
*/
{%- endif %}
select 1 as id
