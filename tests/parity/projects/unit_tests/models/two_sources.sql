{% set first = 'a' %}
-- depends_on: {{ ref('raw_orders') }}
select '{{ first }}' as origin, order_id from {{ source('shop', 'shop_orders') }}
union all
select 'b' as origin, order_id from {{ source('second', 'shop_orders') }}
union all
select 'c' as origin, id from {{ source('shop', 'shelf') }}
