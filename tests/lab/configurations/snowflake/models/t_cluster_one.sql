{{ config(materialized='table', cluster_by='id') }} select 1 as id, 'a' as name, cast('2024-01-01 10:00:00' as timestamp_ntz) as seen
