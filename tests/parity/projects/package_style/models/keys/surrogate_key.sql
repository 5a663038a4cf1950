select {{ toolbox.surrogate_key(['order_id', 'customer']) }} as id from {{ ref('orders') }}
