{%- if execute -%}
{%- set t = run_query("select true as b, date '2024-02-29' as d, timestamp '2024-02-29 10:11:12.5' as ts, time '01:02:03' as t, interval '1 day 2 hours' as i, [1, 2] as l, {'a': 1, 'b': 'x'} as s, map {'k': 1} as m, 'é' as txt, null as nul, '\\xAA'::blob as bl, uuid '3d1ad46d-0e9b-4aa3-a4c5-3f4a5f7b2a51' as u, 255::utinyint as ui, timestamptz '2024-02-29 10:11:12+00' as tz") -%}
{%- for c in t.columns %}
-- {{ c.name }}: {{ c.values() }} {{ c[0] }} {{ c[0] is string }} {{ c[0] is number }}
{%- endfor %}
{%- endif -%}
