{%- set dt = modules.datetime -%}
{{ modules.keys() | list | sort }}
{{ modules.re.IGNORECASE is defined }}
{{ dt.datetime.now() is defined }}
{{ dt.date.today() <= dt.date(2999, 1, 1) }}
{{ dt.timedelta(1).days }}
{{ modules.pytz.timezone('UTC') }}
{{ modules.pytz.utc }}
{{ modules.pytz.all_timezones | length > 100 }}
{{ modules.re.compile('a').pattern }}
{{ dt.datetime.min if false else '' }}
{{ dt.datetime(2024, 1, 31, 5).date().isoformat() }}
{{ dt.datetime(2024, 1, 31).timestamp() }}
{{ dt.datetime(2024, 1, 31).ctime() }}
{{ dt.date(2024, 1, 31).strftime('%d') }}
{{ dt.datetime.utcfromtimestamp(86400) }}
{{ dt.time(1, 2).isoformat() }}
{{ dt.timedelta(hours=25) }}
{{ dt.timedelta(days=-1) }}
{{ (dt.datetime(2024, 3, 1) - dt.timedelta(days=1)).day }}
{{ dt.date.fromisoformat('2024-02-03').month }}
{{ dt.date(2024, 12, 30).isocalendar() | list }}
{{ dt.datetime.strptime('2024', '%Y').year }}
{{ dt.datetime(2024, 1, 1, tzinfo=modules.pytz.utc).isoformat() }}
{{ dt.datetime.max if false else '' }}
{{ modules.pytz.timezone('US/Eastern').localize(dt.datetime(2024, 7, 1)).strftime('%Z %z') }}
{{ dt.date.fromordinal(738000) }}
{{ dt.date(2024, 1, 1).toordinal() }}
{{ dt.datetime(2024, 1, 1).timetuple().tm_yday }}
{{ dt.date.min }}
{{ dt.date.max }}
