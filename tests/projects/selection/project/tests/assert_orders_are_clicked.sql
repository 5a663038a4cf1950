select * from {{ ref('orders') }} where id not in (select order_id from {{ source('web', 'clicks') }})
