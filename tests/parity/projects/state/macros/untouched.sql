{% macro untouched() %}3{% endmacro %}
