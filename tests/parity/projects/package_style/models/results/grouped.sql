{%- set rows = toolbox.rows_as_dicts('select customer, amount from ' ~ ref('orders') ~ ' where amount is not null order by order_id') -%}
{%- for customer, group in rows | groupby('customer') %}
{{ customer }}: {{ group | map(attribute='amount') | list }} = {{ group | sum(attribute='amount') }} max {{ group | map(attribute='amount') | max }}
{%- endfor %}
