select id, lower(name) as name, code, joined, score, active, email from {{ ref('people') }}
