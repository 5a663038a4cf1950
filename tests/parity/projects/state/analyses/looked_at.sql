select * from {{ ref('unchanged') }}
