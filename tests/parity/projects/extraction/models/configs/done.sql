{% do config(materialized='table', tags='one_tag') %}
select 1 as id
