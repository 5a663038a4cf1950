{%- set re = modules.re -%}
{{ cells([
  ('sub', re.sub('[^a-z]+', '_', 'a--b  c')),
  ('sub_group', re.sub('(a)(b)', '\\2\\1', 'abab')),
  ('sub_named', re.sub('(?P<x>a)', '<\\g<x>>', 'aba')),
  ('sub_count', re.sub('a', 'b', 'aaa', 2)),
]) }}
