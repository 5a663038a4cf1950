{{ config(materialized='table') }}
select date '2024-01-01' + interval (range) day as day from range(3)
