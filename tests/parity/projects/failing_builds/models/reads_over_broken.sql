select * from {{ ref('over_broken') }}
