{{ cells([
  ('in', [1 is in [1], 'a' is in 'abc', 1 is not in [2]]),
]) }}
