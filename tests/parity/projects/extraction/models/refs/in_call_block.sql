-- {% call wrap('x') %}{{ ref('base_model') }}{% endcall %}
select 1 as id
