{% macro today() %}cast('2024-05-02' as date){% endmacro %}
{% macro shout(text) %}'root ' || {{ text }}{% endmacro %}
