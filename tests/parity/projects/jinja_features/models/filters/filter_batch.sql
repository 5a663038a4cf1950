{{ cells([
  ('batch', [1, 2, 3, 4, 5] | batch(2) | list),
  ('batch_fill', [1, 2, 3] | batch(2, 'x') | list),
]) }}
