{% macro today() %}current_date{% endmacro %}
{% macro shout(text) %}'root ' || {{ text }}{% endmacro %}
