{{ config(materialized='ephemeral') }}
select * from {{ source('shop', 'raw_orders') }}
