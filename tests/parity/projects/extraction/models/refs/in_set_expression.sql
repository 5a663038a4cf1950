{% set relation = ref('base_model') -%}
select * from {{ relation }}
