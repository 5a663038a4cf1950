{%- set re = modules.re -%}
{{ cells([
  ('split', re.split('[,;]\\s*', 'a, b;c')),
  ('split_groups', re.split('(,)', 'a,b')),
]) }}
