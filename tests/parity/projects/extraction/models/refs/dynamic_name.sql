{% set prefix = 'base' -%}
select * from {{ ref(prefix ~ '_model') }}
