{%- set dt = modules.datetime -%}
{%- set at = dt.datetime(2024, 2, 29, 13, 5, 9, 123456) -%}
{%- set day = dt.date(2024, 1, 31) -%}
{{ cells([
  ('replace', at.replace(day=1, hour=0)),
  ('combine', dt.datetime.combine(day, dt.time(6))),
]) }}
