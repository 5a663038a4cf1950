{{ config(materialized='view', labels={'team':'a'}, hours_to_expiration=5) }} select 1 as id, date '2024-01-01' as day, timestamp '2024-01-01 10:00:00' as seen, datetime '2024-01-01 10:00:00' as dt
