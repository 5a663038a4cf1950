{% set unused %}{{ ref('base_model') }}{% endset -%}
select 1 as id
