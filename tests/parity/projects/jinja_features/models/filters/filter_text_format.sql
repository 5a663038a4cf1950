{{ cells([
  ('format', '%s is %d' | format('x', 3)),
]) }}
