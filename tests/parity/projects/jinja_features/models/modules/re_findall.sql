{%- set re = modules.re -%}
{{ cells([
  ('findall', re.findall('\\d+', 'a1b22')),
  ('findall_groups', re.findall('(\\w)(\\d)', 'a1b2')),
  ('finditer', re.finditer('\\d', '1a2') | map('string') | list | length),
]) }}
