{{ cells([
  ('not', [1 is not none, [] is not string]),
  ('chained', 'yes' if 1 is number and 'a' is string else 'no'),
]) }}
