{{ config(materialized='table') }}

select 1 as id,
  {{ bad_piece() }}
  as other
from nowhere_at_all
