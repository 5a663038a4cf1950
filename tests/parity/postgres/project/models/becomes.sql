{{ config(materialized='materialized_view' if var('later') else 'table') }}
select 1 as id
