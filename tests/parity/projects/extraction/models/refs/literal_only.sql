{{ config(materialized='table', tags=['literal']) }}
select b.id from {{ ref('base_model') }} b join {{ source('raw_things', 'numbers') }} n on n.id = b.id
