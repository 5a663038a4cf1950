{{ cells([
  ('translate', 'abc'.translate({97: 'x'})),
]) }}
