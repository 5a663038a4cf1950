{{ config(materialized='materialized_view', on_configuration_change='apply',
   indexes=[{'columns': ['id'], 'unique': true}] + ([{'columns': ['name']}] if var('later') else [])) }}
select id, name, state from {{ ref('plain') }}
