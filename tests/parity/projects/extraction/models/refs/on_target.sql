{% if target.name == 'dev' %}select id from {{ ref('base_model') }}{% else %}select who as id from {{ ref('alpha_model') }}{% endif %}
