select *, 3 as shape from {{ ref('stg_customers') }}
