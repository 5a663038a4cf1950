{%- set buckets = [(0, 10, 'small'), (10, 50, 'medium'), (50, none, 'large')] %}
select order_id,
  case
  {%- for lo, hi, name in buckets %}
    when amount >= {{ lo }}{% if hi is not none %} and amount < {{ hi }}{% endif %} then '{{ name }}'
  {%- endfor %}
  end as bucket,
  {% for i in range(1, 4) -%}
  lag(amount, {{ i }}) over (order by order_id) as lag_{{ "%02d" % i }}{{ "," if not loop.last }}
  {% endfor %}
from {{ ref('orders') }}
