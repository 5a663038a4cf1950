{{ config(schema='Special', alias='Custom Names', database=target.database) }}
select id from {{ ref('people_orders') }}
