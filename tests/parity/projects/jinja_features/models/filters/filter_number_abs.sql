{{ cells([
  ('abs', -3 | abs),
  ('abs_parens', (-3) | abs),
]) }}
