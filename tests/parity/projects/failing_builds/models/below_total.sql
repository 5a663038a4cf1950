select * from {{ ref('total') }}
