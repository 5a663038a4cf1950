{{ cells([
  ('join', '-'.join(['a', 'b'])),
]) }}
