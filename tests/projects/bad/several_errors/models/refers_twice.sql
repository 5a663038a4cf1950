select * from {{ source('no', 'table') }} join {{ ref('also_nowhere') }}
