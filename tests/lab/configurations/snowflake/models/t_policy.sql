{{ config(materialized='table', row_access_policy='p on (id)', table_tag="t = 'x'") }} select 1 as id, 'a' as name, cast('2024-01-01 10:00:00' as timestamp_ntz) as seen
