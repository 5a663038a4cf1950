{{ config(materialized='incremental', unique_key='id', tags=['nightly']) }}
select * from {{ ref('stg_customers') }} left join {{ ref('orders') }} using (id)
