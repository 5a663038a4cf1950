{{ config(materialized='incremental', unique_key='id', merge_exclude_columns=['seen'], cluster_by=['id']) }} select 1 as id, 'a' as name, cast('2024-01-01 10:00:00' as timestamp_ntz) as seen
