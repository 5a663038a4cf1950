{%- set dt = modules.datetime -%}
{%- set at = dt.datetime(2024, 2, 29, 13, 5, 9, 123456) -%}
{%- set day = dt.date(2024, 1, 31) -%}
{%- set parsed = dt.datetime.strptime('2024-03-10 08:09:10', '%Y-%m-%d %H:%M:%S') -%}
{%- set gap = parsed - at -%}
{{ cells([
  ('plus', day + dt.timedelta(days=30)),
  ('minus', at - dt.timedelta(hours=14, minutes=5)),
  ('gap', gap),
  ('gap_days', gap.days),
  ('gap_seconds', gap.total_seconds()),
]) }}
