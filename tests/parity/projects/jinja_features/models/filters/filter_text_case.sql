{{ cells([
  ('capitalize', 'hELLO wORLD' | capitalize),
  ('lower', 'ABC' | lower),
  ('upper', 'abc' | upper),
]) }}
