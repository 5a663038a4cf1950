{{ config(materialized='table', persist_docs={'relation': true, 'columns': true}) }} select 1 as id, 'a' as name, cast('2024-01-01 10:00:00' as timestamp_ntz) as seen
