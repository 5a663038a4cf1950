{{ cells([
  ('pprint', {'a': [1, 2]} | pprint),
]) }}
