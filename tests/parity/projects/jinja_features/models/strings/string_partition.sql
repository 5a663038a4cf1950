{{ cells([
  ('partition', 'k=v=w'.partition('=')),
  ('rpartition', 'k=v=w'.rpartition('=')),
]) }}
