select id from {{ ref('passing_on') }}
