{%- set re = modules.re -%}
{{ cells([
  ('escape', re.escape('a.b*c d')),
]) }}
