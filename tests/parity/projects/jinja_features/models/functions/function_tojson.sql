{%- set value = {'b': [1, 2.0, none, true], 'a': "it's <b> & \"x\"", 'é': 'ü'} -%}
{{ cells([
  ('tojson_filter', value | tojson),
  ('tojson_indent', {'b': 1, 'a': [1]} | tojson(2)),
  ('tojson_function', tojson(value)),
  ('tojson_sorted', tojson(value, sort_keys=true)),
  ('tojson_default', tojson(modules.re, default='cannot') if false else 'skipped'),
]) }}
