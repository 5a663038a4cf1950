{{ cells([
  ('escape', '<a href="x">&\'</a>' | escape),
  ('e', '<b>' | e),
  ('forceescape', '<b>' | e | forceescape),
  ('safe', '<b>' | safe),
]) }}
