{{ cells([
  ('length', 'abc' | length),
  ('count', [1, 2] | count),
]) }}
