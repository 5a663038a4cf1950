select *, 1 as shape from {{ ref('stg_customers') }}
