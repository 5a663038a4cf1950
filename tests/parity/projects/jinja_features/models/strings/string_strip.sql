{%- set s = '  Hello, World  ' -%}
{{ cells([
  ('strip', s.strip()),
  ('lstrip', s.lstrip()),
  ('rstrip', s.rstrip()),
  ('strip_chars', 'xxaxx'.strip('x')),
]) }}
