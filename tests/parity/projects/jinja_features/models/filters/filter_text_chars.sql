{{ cells([
  ('reverse', 'abc' | reverse),
  ('list', 'abc' | list),
  ('join', 'abc' | join('-')),
]) }}
