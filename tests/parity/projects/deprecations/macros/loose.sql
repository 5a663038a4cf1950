{% set outside = 1 %}
{% macro inside() %}1{% endmacro %}
{% endmacro %}
{% if true %}{% endif %}
