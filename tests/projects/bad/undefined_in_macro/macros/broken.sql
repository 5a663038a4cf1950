{% macro broken() %}
  {{ not_there.attribute }}
{% endmacro %}
