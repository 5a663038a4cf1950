{{ config(materialized='ephemeral') }}
select grp, total * 2 as doubled from {{ ref('a_table') }}
