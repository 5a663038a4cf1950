{{ cells([
  ('escaped', ['x' is escaped, ('x' | escape) is escaped]),
]) }}
