{{ cells([
  ('none', [none is none, 0 is none]),
]) }}
