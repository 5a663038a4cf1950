{%- set naive = modules.datetime.datetime(2024, 7, 1, 12, 0, 0) -%}
{%- set utc = modules.pytz.utc.localize(naive) -%}
{%- set ny = modules.pytz.timezone('America/New_York') -%}
{%- set moved = utc.astimezone(ny) -%}
{{ cells([
  ('utc', utc), ('new_york', moved), ('winter', ny.localize(modules.datetime.datetime(2024, 1, 1))), ('tokyo', utc.astimezone(modules.pytz.timezone('Asia/Tokyo')).isoformat()), ('strftime', moved.strftime('%Y-%m-%d %H:%M:%S %Z %z')), ('zone', ny.zone), ('tz_print', ny), ('utc_print', modules.pytz.utc), ('kolkata', utc.astimezone(modules.pytz.timezone('Asia/Kolkata'))), ('utcoffset', moved.utcoffset()), ('same_instant', moved == utc), ('replace_none', moved.replace(tzinfo=none)),
]) }}
