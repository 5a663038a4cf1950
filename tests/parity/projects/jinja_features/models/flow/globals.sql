{%- set c = cycler('a', 'b') -%}
{%- set j = joiner('; ') -%}
{%- set cycled = [c.next(), c.next(), c.next(), c.current] -%}
{%- set joined = j() ~ 'x' ~ j() ~ 'y' ~ j() ~ 'z' -%}
{{ cells([
  ('cycler', cycled), ('joiner', joined), ('range', range(3) | list), ('range_step', range(10, 0, -3) | list), ('range_print', range(2)),
  ('dict', dict(a=1, b='x')), ('dict_merge', dict({'a': 1}, b=2)), ('dict_pairs', dict([('k', 'v')])), ('namespace', namespace({'a': 1}, b=2).b),
]) }}
