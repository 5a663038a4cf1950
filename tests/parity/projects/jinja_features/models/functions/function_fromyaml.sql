{{ cells([
  ('fromyaml', fromyaml('a: 1\nb: [x, yes, 1.5, null, 2024-01-02]')),
  ('fromyaml_bad', fromyaml('a: [', default='bad')),
  ('fromyaml_scalar', fromyaml('5')),
]) }}
