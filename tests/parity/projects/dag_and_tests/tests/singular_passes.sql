-- passes
select * from {{ ref('stg_people') }} where id < 0
