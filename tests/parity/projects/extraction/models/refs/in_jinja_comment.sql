{# {{ ref('alpha_model') }} #}
select 1 as id
