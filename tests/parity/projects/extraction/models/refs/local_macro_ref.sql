{% macro uses_ref() %}{{ ref('base_model') }}{% endmacro -%}
select * from {{ dbt_macro__uses_ref() }}
