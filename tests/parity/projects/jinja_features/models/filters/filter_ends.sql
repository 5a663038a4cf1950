{{ cells([
  ('first', [1, 2] | first),
  ('first_empty', [] | first),
  ('last', [1, 2] | last),
]) }}
