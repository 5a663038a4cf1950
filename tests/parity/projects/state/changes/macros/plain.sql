{% macro plain() %}11{% endmacro %}
{% macro outer() %}{{ inner() }}{% endmacro %}
{% macro inner() %}22{% endmacro %}
