select id, 1 as more from {{ ref('colours') }}
