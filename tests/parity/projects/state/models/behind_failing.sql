select id from {{ ref('failing') }}
