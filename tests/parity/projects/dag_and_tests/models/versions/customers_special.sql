select 1 as id, 'special' as said from {{ ref('customers', v=1) }}
