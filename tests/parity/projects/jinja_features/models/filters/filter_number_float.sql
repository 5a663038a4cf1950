{{ cells([
  ('float', '1.5' | float),
  ('float_bad', 'x' | float),
  ('float_default', 'x' | float(9.5)),
]) }}
