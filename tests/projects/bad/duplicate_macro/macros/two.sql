
{% macro helper() %}2{% endmacro %}
{% macro helper() %}3{% endmacro %}
