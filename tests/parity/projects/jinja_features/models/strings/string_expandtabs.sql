{{ cells([
  ('expandtabs', 'a\tb'.expandtabs(4)),
]) }}
