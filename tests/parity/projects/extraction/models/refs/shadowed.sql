{% set source = 'not a function' -%}
select '{{ source }}' as text, * from {{ ref('base_model') }}
