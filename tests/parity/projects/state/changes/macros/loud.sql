{% test loud(model, column_name) %}
select {{ column_name }} from {{ model }} where {{ column_name }} is not distinct from null
{% endtest %}
