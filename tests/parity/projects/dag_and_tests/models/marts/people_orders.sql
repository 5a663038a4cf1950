with people as (
    select * from {{ ref('stg_people') }}
), orders as (
    select person_id, count(*) as n, sum(amount) as total from {{ ref('stg_orders') }} group by 1
)
select people.id, people.name, coalesce(orders.n, 0) as n, orders.total
from people left join orders on orders.person_id = people.id
