{%- for r in toolbox.rows_as_dicts('select order_id as ID, customer, amount from ' ~ ref('orders') ~ ' order by 1') %}
-- {{ r.id }} {{ r.customer | upper }} {{ r.amount if r.amount is not none else 'n/a' }}
{%- endfor %}
