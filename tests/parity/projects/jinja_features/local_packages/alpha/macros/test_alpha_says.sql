{% test alpha_says(model, column_name, expected) %}
select {{ column_name }} from {{ model }} where {{ column_name }} <> '{{ expected }}' -- {{ who_am_i() }}
{% endtest %}
