{{ config(materialized='table', schema='Other', alias='Upper_Name') }}
select id, 1 as "A", 2 as "select" from {{ ref('between') }}
-- depends_on: {{ ref('raw_orders') }}
