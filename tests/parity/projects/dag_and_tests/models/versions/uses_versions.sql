select * from {{ ref('customers') }} union all select *, 0 from {{ ref('customers', version='1') }} union all select id, said, 3 from {{ ref('customers', v='preview') }}
