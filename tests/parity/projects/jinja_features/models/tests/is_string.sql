{{ cells([
  ('string', ['a' is string, 1 is string]),
  ('lower_upper', ['ab' is lower, 'AB' is upper, 'Ab' is lower]),
]) }}
