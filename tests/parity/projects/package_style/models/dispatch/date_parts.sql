{%- for part in ['day', 'week', 'month', 'quarter', 'year', 'hour'] %}
{{ dbt.date_trunc(part, 'x') }}, {{ dbt.dateadd(part, -1, 'x') }}, {{ dbt.datediff('a', 'b', part) }}
{%- endfor %}
{{ dbt.last_day('d', 'month') }} {{ dbt.split_part('s', "','", 2) }} {{ dbt.safe_cast('x', dbt.type_numeric()) }} {{ dbt.listagg('a', "','", 'order by b', 3) }}
