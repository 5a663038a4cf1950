{% test is_within(model, column_name, arguments, low=0) %}
select * from {{ model }}
where {{ column_name }} not between {{ low }} and {{ arguments['high'] }}
{% endtest %}
