select id from {{ ref('sizes') }}
