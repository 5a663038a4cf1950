{{ cells([
  ('first', 'abc' | first),
  ('last', 'abc' | last),
]) }}
