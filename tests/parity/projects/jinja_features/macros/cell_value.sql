{% macro cell_value(x) %}
  '{{ x }}'
{% endmacro %}
