select *, 2 as shape from {{ ref('stg_customers') }}
