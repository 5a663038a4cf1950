{%- set people = [{'name': 'bo', 'age': 3, 'tag': {'c': 'x'}}, {'name': 'Al', 'age': 5, 'tag': {'c': 'y'}}, {'name': 'cy', 'age': 3, 'tag': {'c': 'x'}}] -%}
{{ cells([
  ('sort', [3, 1, 2] | sort),
  ('sort_text', ['b', 'A', 'c'] | sort),
  ('sort_case', ['b', 'A', 'a'] | sort(case_sensitive=true)),
  ('sort_reverse', [1, 3, 2] | sort(reverse=true)),
  ('sort_attr', people | sort(attribute='name') | map(attribute='name') | list),
  ('sort_attrs', people | sort(attribute='age,name') | map(attribute='name') | list),
]) }}
