{{ cells([
  ('slice', [1, 2, 3, 4, 5] | slice(2) | list),
  ('slice_fill', [1, 2, 3] | slice(2, 0) | list),
]) }}
