{%- set dt = modules.datetime -%}
{%- set at = dt.datetime(2024, 2, 29, 13, 5, 9, 123456) -%}
{%- set day = dt.date(2024, 1, 31) -%}
{{ cells([
  ('datetime', at),
  ('no_micros', dt.datetime(2024, 1, 2, 3, 4, 5)),
  ('midnight', dt.datetime(2024, 1, 2)),
  ('date', day),
  ('time', dt.time(1, 2, 3)),
  ('repr', [day, at]),
  ('repr_delta', [dt.timedelta(days=2, seconds=5)]),
  ('concat', 'on ' ~ day),
  ('ctime', at.ctime()),
]) }}
