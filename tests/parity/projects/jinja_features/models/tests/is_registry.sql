{{ cells([
  ('filter', ['upper' is filter, 'nope' is filter]),
  ('test', ['even' is test, 'nope' is test]),
]) }}
