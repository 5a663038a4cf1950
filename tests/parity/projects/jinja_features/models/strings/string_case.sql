{{ cells([
  ('upper', 'abC'.upper()),
  ('lower', 'ABc'.lower()),
  ('title', 'hello world'.title()),
  ('capitalize', 'heLLo'.capitalize()),
  ('swapcase', 'aB'.swapcase()),
  ('casefold', 'STRASSE'.casefold()),
]) }}
