select * from {{ ref('reads_broken') }}
