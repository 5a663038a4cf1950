{{ config(materialized='table', enabled='maybe', tags={'a': 1}) }}
select 1 as id
