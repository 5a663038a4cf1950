{% set d = toolbox.query_as_dict('select order_id, amount, ordered_on from ' ~ ref('orders') ~ ' order by 1') %}
{{ table_of(d.items()) }}
