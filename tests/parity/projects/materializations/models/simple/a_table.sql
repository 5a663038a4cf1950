{{ config(materialized='table') }}
select grp, sum(amount) as total from {{ ref('a_view') }} group by grp
