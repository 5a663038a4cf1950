{{ cells([
  ('string', 1.0 | string),
]) }}
