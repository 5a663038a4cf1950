select id, 'one' as which from {{ ref('people') }}
