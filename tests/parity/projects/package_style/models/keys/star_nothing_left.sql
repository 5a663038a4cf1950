select {{ toolbox.star(ref('orders'), except=['order_id', 'customer', 'amount', 'status', 'ordered_on']) }} from {{ ref('orders') }}
