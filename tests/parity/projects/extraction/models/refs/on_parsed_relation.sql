-- while parsing, ref gives the model's own relation
{% if ref('base_model').identifier == 'base_model' %}select 1 as id{% else %}select 2 as id{% endif %}
