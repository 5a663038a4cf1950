{%- set items = ['a', 'b', 'c', 'd', 'e'] -%}
{%- set text = 'abcdef' -%}
{%- set record = {'key': 'value', 'list': [1, [2, 3]], 'items': 'shadowed', 5: 'five'} -%}
{{ cells([
  ('first', items[0]), ('last', items[-1]), ('slice', items[1:3]), ('slice_from', items[2:]), ('slice_to', items[:-1]), ('slice_all', items[:]),
  ('step', items[::2]), ('reverse', items[::-1]), ('step_range', items[4:0:-2]), ('text', text[1:4]), ('text_reverse', text[::-1]), ('text_index', text[-2]),
  ('dict_item', record['key']), ('dict_attr', record.key), ('dict_deep', record.list[1][0]), ('attr_beats_key', record.items is callable), ('subscript_wins', record['items']),
  ('int_key', record[5]), ('missing', record.missing), ('missing_item', record['missing']), ('missing_default', record.missing | default('d')), ('out_of_range', items[10]),
  ('get', record.get('key')), ('get_default', record.get('nope', 'dflt')), ('get_none', record.get('nope')), ('tuple_slice', (1, 2, 3)[1:]), ('dot_index', items.0),
  ('variable_index', items[items | length - 1]),
]) }}
