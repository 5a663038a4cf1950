{{ cells([
  ('reverse', [1, 2, 3] | reverse | list),
]) }}
