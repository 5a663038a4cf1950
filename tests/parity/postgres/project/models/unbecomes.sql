{{ config(materialized='view' if var('later') else 'materialized_view') }}
select 1 as id
