select id from {{ ref('unchanged') }}
