select id, 'two' as which from {{ ref('people') }}
