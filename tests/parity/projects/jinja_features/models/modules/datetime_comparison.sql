{%- set dt = modules.datetime -%}
{%- set at = dt.datetime(2024, 2, 29, 13, 5, 9, 123456) -%}
{%- set day = dt.date(2024, 1, 31) -%}
{%- set parsed = dt.datetime.strptime('2024-03-10 08:09:10', '%Y-%m-%d %H:%M:%S') -%}
{{ cells([
  ('compare', [day < dt.date(2024, 2, 1), at == at, parsed > at]),
  ('max', [day, dt.date(2023, 1, 1)] | max),
]) }}
