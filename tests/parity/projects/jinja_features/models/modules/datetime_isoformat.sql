{%- set dt = modules.datetime -%}
{%- set at = dt.datetime(2024, 2, 29, 13, 5, 9, 123456) -%}
{{ cells([
  ('isoformat', at.isoformat()),
  ('isoformat_sep', at.isoformat(' ')),
  ('fromisoformat', dt.date.fromisoformat('2024-12-25')),
  ('datetime_fromiso', dt.datetime.fromisoformat('2024-12-25 01:02:03')),
]) }}
