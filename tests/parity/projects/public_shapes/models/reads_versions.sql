select id from {{ ref('people') }} union all select id from {{ ref('people', v=2) }} union all select id from {{ ref('people', v=1) }}
