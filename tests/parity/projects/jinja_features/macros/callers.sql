{% macro wrap(tag) %}<{{ tag }}>{{ caller() }}</{{ tag }}>{% endmacro %}

{% macro each(items) -%}
  {%- for item in items -%}
    {{ caller(item, loop.index) }}{% if not loop.last %}, {% endif %}
  {%- endfor -%}
{%- endmacro %}

{% macro twice() %}{{ caller() }}{{ caller() }}{% endmacro %}

{% macro maybe_caller() %}{% if caller %}called: {{ caller() }}{% else %}no caller{% endif %}{% endmacro %}
