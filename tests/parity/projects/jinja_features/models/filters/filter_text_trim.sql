{{ cells([
  ('trim', '  x ' | trim),
  ('trim_chars', 'xxaxx' | trim('x')),
]) }}
