{{ cells([
  ('default', none | default('d')),
  ('default_true', none | default('d', true)),
  ('default_undefined', nope | default('d')),
  ('d', '' | d('x', true)),
]) }}
