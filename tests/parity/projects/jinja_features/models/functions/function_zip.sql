{{ cells([
  ('zip', zip([1, 2], ['a', 'b']) | list),
  ('zip_uneven', zip([1, 2, 3], 'ab') | list),
  ('zip_default', zip(1, default='no')),
  ('zip_strict', zip_strict([1], [2]) | list),
]) }}
