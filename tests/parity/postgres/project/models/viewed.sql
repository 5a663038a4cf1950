{{ config(materialized='view', grants={'select': ['reader']}) }}
select id, name from {{ ref('plain') }}
