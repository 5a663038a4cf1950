-- depends_on: {{ ref('customers') }}
select 1 as customer_id
