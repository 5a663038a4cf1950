{% macro outer(value) %}
  {{ inner(value) }}
{% endmacro %}

{% macro inner(value) %}
  {% if value < 0 %}
    {{ exceptions.raise_compiler_error('value must not be negative, got ' ~ value) }}
  {% endif %}
  {{ value }}
{% endmacro %}
