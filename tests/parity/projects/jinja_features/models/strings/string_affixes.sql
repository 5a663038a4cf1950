{{ cells([
  ('startswith', 'abc'.startswith('ab')),
  ('startswith_tuple', 'abc'.startswith(('x', 'a'))),
  ('endswith', 'abc'.endswith('bc')),
  ('removeprefix', 'pre_x'.removeprefix('pre_')),
  ('removesuffix', 'x_suf'.removesuffix('_suf')),
]) }}
