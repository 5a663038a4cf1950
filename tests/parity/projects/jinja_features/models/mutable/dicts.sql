{%- set d = {'b': 1, 'a': 2} -%}
{%- set alias = d -%}
{%- do d.update({'c': 3}) -%}
{%- do d.update(d=4) -%}
{%- set had = d.setdefault('a', 99) -%}
{%- set made = d.setdefault('list', []) -%}
{%- do made.append('via setdefault') -%}
{%- set popped = d.pop('b') -%}
{%- set popped_default = d.pop('nope', 'dflt') -%}
{%- set copied = d.copy() -%}
{%- do d.update({'a': {'nested': [1]}}) -%}
{%- do d.a.nested.append(2) -%}
{{ cells([
  ('d', d), ('alias', alias), ('had', had), ('popped', popped), ('popped_default', popped_default), ('copied', copied), ('keys', d.keys() | list),
  ('values', d.values() | list), ('items', d.items() | list), ('keys_print', {'x': 1}.keys()), ('values_print', {'x': 1}.values()), ('items_print', {'x': 1}.items()),
  ('fromkeys', {}.fromkeys(['p', 'q'], 0)), ('length', d | length),
]) }}
