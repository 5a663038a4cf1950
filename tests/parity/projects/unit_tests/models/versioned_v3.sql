select id, 'three' as which from {{ ref('people') }}
