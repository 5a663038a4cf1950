{{ cells([
  ('boolean', [true is boolean, 1 is boolean]),
  ('true_false', [true is true, 1 is true, false is false, 0 is false]),
]) }}
