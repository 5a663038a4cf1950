{% if not execute %}{% set unused = ref('alpha_model') %}{% endif -%}
select {{ execute }} as executed
