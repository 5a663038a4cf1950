{{ cells([
  ('int', '42' | int),
  ('int_float', 3.9 | int),
  ('int_text_float', '3.9' | int),
  ('int_bad', 'x' | int),
  ('int_default', 'x' | int(7)),
  ('int_base', '0x1A' | int(0, 16)),
]) }}
