{{ cells([
  ('wordwrap', 'the quick brown fox jumps over' | wordwrap(10)),
  ('wordwrap_long', 'abcdefghijkl mn' | wordwrap(5)),
]) }}
