select * from {{ ref('inc') }} where id = 1
