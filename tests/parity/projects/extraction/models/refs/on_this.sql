{% if this.identifier == 'on_this' %}select id from {{ ref('base_model') }}{% else %}select who as id from {{ ref('alpha_model') }}{% endif %}
