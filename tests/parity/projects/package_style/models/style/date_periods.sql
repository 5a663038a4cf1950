{%- set periods = {'day': 7, 'week': 4, 'month': 12} -%}
{%- for period, n in periods.items() %}
{%- for i in range(n) if i < 2 %}
, {{ dbt.dateadd(period, i * -1, 'current_date') }} as {{ period }}_{{ i if i else 'now' }}
{%- endfor %}
{%- endfor %}
