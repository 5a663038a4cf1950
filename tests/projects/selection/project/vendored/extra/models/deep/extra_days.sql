select * from {{ ref('extra_rates') }}
