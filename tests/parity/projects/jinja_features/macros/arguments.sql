{% macro show_arguments(first, second='two', third=none) -%}
first={{ first }} second={{ second }} third={{ third }} varargs={{ varargs }} kwargs={{ kwargs }}
{%- endmacro %}

{% macro only_varargs() -%}{{ varargs | length }}:{{ varargs | join('|') }}{%- endmacro %}

{% macro only_kwargs() -%}{% for k, v in kwargs.items() %}{{ k }}={{ v }};{% endfor %}{%- endmacro %}

{% macro default_from_other(a, b=[]) -%}
  {%- do b.append(a) -%}
  {{ b }}
{%- endmacro %}

{% macro typed(name: str, count: int = 2) -%}{{ name * count }}{%- endmacro %}

{% macro missing_argument(given, missing) -%}{{ given }}[{{ missing }}]{{ missing is defined }}{%- endmacro %}

{% macro mutates(list, dict) -%}
  {%- do list.append('added') -%}
  {%- do dict.update({'added': true}) -%}
{%- endmacro %}
