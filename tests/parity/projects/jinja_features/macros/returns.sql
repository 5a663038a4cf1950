{% macro return_list() %}{{ return([1, 'two', none, 3.5, true]) }}{% endmacro %}
{% macro return_dict() %}{% do return({'a': 1, 'b': [2, 3], 'c': {'d': none}}) %}{% endmacro %}
{% macro return_none() %}{{ return(none) }}{% endmacro %}
{% macro return_nothing() %}{% endmacro %}
{% macro return_text() %}  padded text  {% endmacro %}

{% macro first_above(values, floor) %}
  text that is thrown away
  {% for value in values %}
    {% if value > floor %}
      {% for again in [value] %}
        {{ return(again) }}
      {% endfor %}
    {% endif %}
  {% endfor %}
  {{ return('nothing above ' ~ floor) }}
{% endmacro %}

{% macro return_through() %}
  {% set got = first_above([1, 5, 9], 4) %}
  {% set missed = first_above([1], 4) %}
  {{ return({'got': got, 'missed': missed, 'list': return_list()}) }}
{% endmacro %}

{% macro return_in_call() %}
  {% call wrap('x') %}
    {{ return('out of the call block') }}
  {% endcall %}
  {{ return('never') }}
{% endmacro %}

{% macro return_relation() %}{{ return(this) }}{% endmacro %}
{% macro return_macro() %}{{ return(first_above) }}{% endmacro %}
{% macro return_generator(n) %}{{ return(range(n)) }}{% endmacro %}

{% macro factorial(n) %}
  {%- if n <= 1 -%}
    {{ return(1) }}
  {%- endif -%}
  {{ return(n * factorial(n - 1)) }}
{% endmacro %}

{% macro nested_text(depth) %}{% if depth > 0 %}({{ nested_text(depth - 1) }}){% else %}.{% endif %}{% endmacro %}
