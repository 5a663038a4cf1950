select {{ toolbox.select_list(ref('orders'), without=['order_id', 'customer', 'amount', 'status', 'ordered_on']) }} from {{ ref('orders') }}
