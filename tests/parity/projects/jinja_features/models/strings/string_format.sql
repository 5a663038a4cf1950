{{ cells([
  ('format', '{} and {name}'.format('pos', name='kw')),
  ('format_spec', '{:>5}|{:05d}|{:.2f}|{:,}'.format('a', 42, 3.14159, 1234567)),
  ('format_index', '{1}{0}{1}'.format('a', 'b')),
  ('format_attr', '{0[k]}'.format({'k': 'v'})),
  ('format_repr', '{!r}'.format('q')),
]) }}
