select count(*) from {{ ref('inc') }} where id = 'x'
