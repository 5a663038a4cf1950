{{ config(tags='in_file', meta={'from': 'file', 'extra': 1}) }}
select order_id, person_id, status, amount, placed_at from {{ ref('orders') }}
