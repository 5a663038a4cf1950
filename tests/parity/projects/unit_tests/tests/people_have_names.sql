select * from {{ ref('people_upper') }} where name is null
