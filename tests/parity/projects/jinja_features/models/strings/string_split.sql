{{ cells([
  ('split', 'a,b,c'.split(',')),
  ('split_max', 'a,b,c'.split(',', 1)),
  ('split_ws', ' a  b '.split()),
  ('rsplit', 'a.b.c'.rsplit('.', 1)),
  ('splitlines', 'a\nb'.splitlines()),
]) }}
