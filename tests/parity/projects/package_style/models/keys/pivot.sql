{%- set statuses = toolbox.column_values(ref('orders'), 'status', order_by='value') -%}
select customer,
{{ toolbox.pivot('status', statuses, then_value='amount', prefix='sum_') }}
from {{ ref('orders') }} group by 1
