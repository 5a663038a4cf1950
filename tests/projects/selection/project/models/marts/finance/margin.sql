select * from {{ ref('revenue') }} cross join {{ ref('dim_users') }}
