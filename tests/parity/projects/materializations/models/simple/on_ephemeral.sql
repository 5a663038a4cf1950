select * from {{ ref('an_ephemeral') }}
