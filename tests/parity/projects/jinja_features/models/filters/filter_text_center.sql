{{ cells([
  ('center', 'mid' | center(9)),
]) }}
