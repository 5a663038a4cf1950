{%- set dt = modules.datetime -%}
{%- set at = dt.datetime(2024, 2, 29, 13, 5, 9, 123456) -%}
{%- set day = dt.date(2024, 1, 31) -%}
{{ cells([
  ('run_started_is_datetime', run_started_at.strftime('%Y') | int > 2020),
  ('now_is_later', dt.datetime.now() > at),
  ('utcnow', dt.datetime.utcnow().year > 2020),
  ('today', dt.date.today() > day),
]) }}
