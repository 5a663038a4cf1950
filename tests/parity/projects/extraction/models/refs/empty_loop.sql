{% for name in [] %}{{ ref(name) }}{{ ref('alpha_model') }}{% endfor %}
select 1 as id
