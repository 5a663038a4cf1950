{{ cells([
  ('min', [3, 1, 2] | min),
  ('max', [3, 1, 2] | max),
  ('max_attr', [{'v': 1}, {'v': 5}] | max(attribute='v')),
  ('min_text', ['b', 'A'] | min),
  ('min_case', ['b', 'A', 'a'] | min(case_sensitive=true)),
]) }}
