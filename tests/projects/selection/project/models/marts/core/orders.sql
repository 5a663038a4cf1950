select * from {{ ref('int_order_totals') }}
