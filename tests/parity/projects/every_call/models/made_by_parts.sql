{{ config(materialized='by_parts') }}
select * from {{ ref('people') }}
