{%- set dt = modules.datetime -%}
{%- set at = dt.datetime(2024, 2, 29, 13, 5, 9, 123456) -%}
{%- set day = dt.date(2024, 1, 31) -%}
{{ cells([
  ('parts', [at.year, at.month, at.day, at.hour, at.minute, at.second, at.microsecond]),
  ('weekday', [day.weekday(), day.isoweekday(), day.isocalendar()[1]]),
  ('date_of', at.date()),
  ('time_of', at.time()),
  ('toordinal', day.toordinal()),
  ('timetuple_year', day.timetuple().tm_yday),
]) }}
