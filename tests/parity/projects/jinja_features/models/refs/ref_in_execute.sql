-- depends_on: {{ ref('base_model') }}
{% if execute %}
select id from {{ ref('base_model') }}
{% else %}
select 1 as id
{% endif %}
