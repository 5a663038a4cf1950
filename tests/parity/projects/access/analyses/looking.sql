select * from {{ ref('report') }} -- {{ var('x', 3) }}
