{% macro plain() %}1{% endmacro %}
{% macro outer() %}{{ inner() }}{% endmacro %}
{% macro inner() %}2{% endmacro %}
