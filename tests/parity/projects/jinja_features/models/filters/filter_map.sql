{%- set people = [{'name': 'bo', 'age': 3, 'tag': {'c': 'x'}}, {'name': 'Al', 'age': 5, 'tag': {'c': 'y'}}, {'name': 'cy', 'age': 3, 'tag': {'c': 'x'}}] -%}
{{ cells([
  ('map_attr', people | map(attribute='name') | list),
  ('map_deep', people | map(attribute='tag.c') | list),
  ('map_default', [{'a': 1}, {}] | map(attribute='a', default=0) | list),
  ('map_filter', ['a', 'b'] | map('upper') | list),
  ('map_filter_args', ['a', 'b'] | map('replace', 'a', 'z') | list),
  ('map_index', [[1, 2], [3, 4]] | map(attribute=1) | list),
  ('map_index_text', [[1, 2], [3, 4]] | map(attribute='0') | list),
]) }}
