{{ config(materialized='ephemeral') }}
select id as id from {{ ref('unchanged') }}
