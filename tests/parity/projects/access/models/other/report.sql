select id from {{ ref('balance') }}
