{%- set dt = modules.datetime -%}
{{ cells([
  ('timedelta', dt.timedelta(days=1, seconds=3661)),
  ('timedelta_negative', dt.timedelta(seconds=-1)),
  ('timedelta_zero', dt.timedelta(0)),
  ('times', dt.timedelta(hours=1) * 30),
  ('divide', dt.timedelta(hours=3) / dt.timedelta(hours=2)),
]) }}
