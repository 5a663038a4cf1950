{{ cells([
  ('list', (1, 2) | list),
  ('list_dict', {'a': 1, 'b': 2} | list),
]) }}
