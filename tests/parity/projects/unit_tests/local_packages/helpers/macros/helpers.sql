{% macro shout(text) %}upper({{ text }}){% endmacro %}
{% macro fixed_day() %}cast('2024-05-01' as date){% endmacro %}
