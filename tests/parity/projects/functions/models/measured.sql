{{ config(materialized='table') }}
select id, {{ function('doubled') }}(size) as twice, {{ function('functions', 'area') }}(size, 2) as area,
    {{ function('twice_doubled') }}(size) as four_times, {{ function('largest') }}() as most
from {{ ref('sizes') }}
