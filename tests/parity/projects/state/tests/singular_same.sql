select * from {{ ref('unchanged') }} where id is null
