select id, count(*) as versions, count(dbt_valid_to) as ended from {{ ref('by_time') }} group by id
