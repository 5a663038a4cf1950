{{ cells([
  ('reject', [1, 2, 3] | reject('odd') | list),
]) }}
