select id, upper(name) as name, born, height from {{ ref('people') }}
