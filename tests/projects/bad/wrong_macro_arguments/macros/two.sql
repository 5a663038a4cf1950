{% macro two(a, b) %}{{ a }}{{ b }}{% endmacro %}
