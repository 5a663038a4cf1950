{%- set q -%}
select customer, count(*) as n from {{ ref('orders') }} group by 1 order by 1
{%- endset -%}
{%- set results = run_query(q) -%}
{%- if execute -%}
{%- for customer, n in results.rows %}
{{ loop.index }}/{{ loop.length }} {{ customer }} {{ n }}
{%- endfor -%}
{%- for row in results %}
{{ row[0] }}={{ row['n'] }} {{ row.n > 1 }}
{%- endfor %}
{%- endif %}
