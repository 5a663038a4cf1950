select * from {{ ref('kit', 'shared') }}
