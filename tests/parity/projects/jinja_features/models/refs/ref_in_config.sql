{{ config(post_hook="insert into {{ target.schema }}.hook_log select 'counted ' || count(*) from {{ ref('base_model') }}", materialized='table') }}
select 1 as id from {{ ref('base_model') }}
