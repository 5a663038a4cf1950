{%- set dt = modules.datetime -%}
{%- set start = dt.datetime.strptime(var('start_date', '2024-01-01'), '%Y-%m-%d') -%}
{%- for i in range(3) %}
{{ (start + dt.timedelta(days=31 * i)).strftime('%Y-%m') }} {{ (start + dt.timedelta(weeks=i)).date() }} {{ (start + dt.timedelta(hours=i)).isoformat() }}
{%- endfor %}
{{ (dt.date(2024, 3, 1) - dt.date(2024, 2, 1)).days }} {{ dt.datetime(2024, 1, 1) < dt.datetime(2024, 1, 2) }} {{ start.replace(day=15, hour=3) }} {{ start.weekday() }} {{ start.isocalendar()[1] }} {{ '{:%d/%m/%y}'.format(start) }} {{ (start - dt.datetime(2023, 1, 1)).total_seconds() }} {{ dt.datetime.fromisoformat('2024-05-06T07:08:09').hour }} {{ dt.timedelta(days=1, seconds=5) }} {{ modules.pytz.timezone('Europe/Berlin').localize(start).isoformat() }} {{ modules.pytz.utc.localize(start).astimezone(modules.pytz.timezone('America/New_York')) }} {{ dt.time(1, 2, 3) }} {{ dt.datetime.combine(dt.date(2024, 1, 2), dt.time(3, 4)) }} {{ dt.datetime.strptime('2024-01-05 01:02:03.123456', '%Y-%m-%d %H:%M:%S.%f') }}
