select id from {{ ref('versioned', v=1) }}
