-- depends_on: {{ ref('base_model') }}
{% if execute %}select cast(id as varchar) as id from {{ ref('base_model') }}{% else %}select who as id from {{ ref('alpha_model') }}{% endif %}
