{{ cells([
  ('wordcount', 'one two, three' | wordcount),
]) }}
