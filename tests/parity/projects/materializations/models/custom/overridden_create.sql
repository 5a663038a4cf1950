{{ config(marked=true) }}
select 1 as id
