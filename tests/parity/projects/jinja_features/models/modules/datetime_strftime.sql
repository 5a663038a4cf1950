{%- set dt = modules.datetime -%}
{%- set at = dt.datetime(2024, 2, 29, 13, 5, 9, 123456) -%}
{%- set day = dt.date(2024, 1, 31) -%}
{{ cells([
  ('strftime', at.strftime('%Y/%m/%d %H-%M-%S.%f %j %a %A %b %B %y %I %p %U %w %%')),
  ('format_method', '{:%d.%m.%Y}'.format(day)),
]) }}
