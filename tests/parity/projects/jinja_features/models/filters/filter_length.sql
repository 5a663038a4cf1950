{{ cells([
  ('length', {'a': 1} | length),
]) }}
