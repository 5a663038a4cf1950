{{ config(severity='warn', store_failures=true, schema='audit') }}
select id, name from {{ ref('plain') }} where name is null
