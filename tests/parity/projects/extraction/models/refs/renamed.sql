{% set r = ref -%}
select * from {{ r('base_model') }}
