{%- set re = modules.re -%}
{%- set found = re.search('(\\w+)@(?P<host>[\\w.]+)', 'mail bo@example.com now') -%}
{{ cells([
  ('search', found.group(0)),
  ('group', found.group(1)),
  ('named', found.group('host')),
  ('groups', found.groups()),
  ('groupdict', found.groupdict()),
  ('span', found.span()),
  ('start_end', [found.start(), found.end(1)]),
]) }}
