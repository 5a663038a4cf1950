{%- set re = modules.re -%}
{{ cells([
  ('match', re.match('a+', 'aaab').group()),
  ('no_match', re.match('b', 'ab')),
  ('fullmatch', re.fullmatch('a', 'ab') is none),
]) }}
