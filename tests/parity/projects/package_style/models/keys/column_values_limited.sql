{% set v = toolbox.column_values(table=ref('orders'), column='customer', max_records=2, order_by='value desc', where="customer <> 'cy'") %}
select {% for x in v %}'{{ x }}'{{ ", " if not loop.last }}{% endfor %}
