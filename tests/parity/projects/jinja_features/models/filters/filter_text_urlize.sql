{{ cells([
  ('urlize', 'see http://example.com now' | urlize),
]) }}
