{{ cells([
  ('zfill', '7'.zfill(3)),
  ('ljust', 'a'.ljust(3, '.')),
  ('rjust', 'a'.rjust(3)),
  ('center', 'a'.center(3, '*')),
]) }}
