select id, which from {{ ref('versioned', v=2) }}
union all
select id, which from {{ ref('versioned') }}
