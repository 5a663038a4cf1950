{# A test with the name of one of the package. #}
{% test has_text(model, column_name) %}
  select * from {{ model }} where {{ column_name }} is null
{% endtest %}
