{%- set re = modules.re -%}
{{ cells([
  ('flags', re.search('^b', 'a\nb', re.MULTILINE) is not none),
  ('lookahead', re.sub('a(?=b)', 'X', 'abac')),
  ('backreference', re.search('(.)\\1', 'abccd').group()),
]) }}
