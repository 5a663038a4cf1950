select * from {{ ref('orders') }} cross join {{ ref('extra_rates') }}
