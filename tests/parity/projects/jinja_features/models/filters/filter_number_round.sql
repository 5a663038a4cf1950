{{ cells([
  ('round', 2.5 | round),
  ('round_half', 3.5 | round),
  ('round_places', 3.14159 | round(2)),
  ('round_ceil', 2.1 | round(0, 'ceil')),
  ('round_floor', 2.9 | round(0, 'floor')),
  ('round_int', 2.7 | round | int),
  ('round_negative', 1234 | round(-2)),
]) }}
