{%- set people = [{'name': 'bo', 'age': 3, 'tag': {'c': 'x'}}, {'name': 'Al', 'age': 5, 'tag': {'c': 'y'}}, {'name': 'cy', 'age': 3, 'tag': {'c': 'x'}}] -%}
{{ cells([
  ('attr', people[0] | attr('items') is callable),
]) }}
