select * from {{ ref('dim_users', v=1) }} cross join {{ ref('dim_users', version=3) }}
