{%- set people = [{'name': 'bo', 'age': 3, 'tag': {'c': 'x'}}, {'name': 'Al', 'age': 5, 'tag': {'c': 'y'}}, {'name': 'cy', 'age': 3, 'tag': {'c': 'x'}}] -%}
{{ cells([
  ('selectattr', people | selectattr('age', '>', 3) | map(attribute='name') | list),
  ('selectattr_defined', [{'a': 1}, {}] | selectattr('a', 'defined') | list | length),
  ('selectattr_in', people | selectattr('name', 'in', ['bo', 'cy']) | map(attribute='name') | list),
]) }}
