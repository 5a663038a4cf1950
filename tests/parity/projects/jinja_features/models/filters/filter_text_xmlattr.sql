{{ cells([
  ('xmlattr', {'class': 'x', 'id': none, 'n': 1} | xmlattr),
]) }}
