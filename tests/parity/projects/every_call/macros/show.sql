{# Writes names and values as rows of text. #}
{% macro as_rows(values) -%}
{%- for name, value in values -%}
select '{{ name }}' as what, '{{ (value | string).split() | join(" ") | replace("'", "''") }}' as answer{{ ' union all ' if not loop.last }}
{% endfor -%}
{%- endmacro %}
