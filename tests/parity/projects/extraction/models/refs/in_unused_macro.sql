{% macro never_called() %}{{ ref('alpha_model') }}{% endmacro -%}
select 1 as id
