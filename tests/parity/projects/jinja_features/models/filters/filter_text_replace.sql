{{ cells([
  ('replace', 'aaa' | replace('a', 'b', 2)),
]) }}
