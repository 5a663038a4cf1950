{{ cells([
  ('encode', 'é'.encode('utf-8')),
]) }}
