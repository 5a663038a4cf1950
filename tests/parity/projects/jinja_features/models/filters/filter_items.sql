{{ cells([
  ('items', {'a': 1} | items | list),
]) }}
