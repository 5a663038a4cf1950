{% macro each_once(items) %}
  {%- set seen = [] -%}
  {%- for item in items if item not in seen -%}
    {%- do seen.append(item) -%}
    {{ item }}{{ caller(item) }}
  {%- endfor -%}
{% endmacro %}

{% macro letters(text) %}
  {%- for letter in text %}{{ letter }}{{ ',' if not loop.last }}{% endfor -%}
{% endmacro %}
