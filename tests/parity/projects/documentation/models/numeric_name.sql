{{ config(materialized='table', alias='123') }}
select 1 as "1"
