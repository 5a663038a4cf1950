select * from {{ ref('unchanged') }} where id < 0
