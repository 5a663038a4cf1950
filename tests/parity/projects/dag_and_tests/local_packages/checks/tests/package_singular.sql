select * from {{ ref('checks_model') }} where id is null
