{%- set people = [{'name': 'bo', 'age': 3, 'tag': {'c': 'x'}}, {'name': 'Al', 'age': 5, 'tag': {'c': 'y'}}, {'name': 'cy', 'age': 3, 'tag': {'c': 'x'}}] -%}
{{ cells([
  ('unique', ['a', 'A', 'b', 'a'] | unique | list),
  ('unique_case', ['a', 'A', 'a'] | unique(case_sensitive=true) | list),
  ('unique_attr', people | unique(attribute='age') | map(attribute='name') | list),
]) }}
