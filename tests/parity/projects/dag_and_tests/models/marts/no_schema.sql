{{ config(schema='', alias='no_schema_alias', enabled=true) }}
select id from {{ ref('people_orders') }}
