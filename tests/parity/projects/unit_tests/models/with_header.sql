{{ config(pre_hook="create schema if not exists hooked", sql_header="select 1;") }}
-- a comment first
select id from {{ ref('people') }}
