{#- One row: a label and what a value looks like when Jinja prints it. -#}
{% macro cell(label, value) -%}
select '{{ label }}' as label, '{{ value | string | replace("'", "''") }}' as value
{%- endmacro %}

{#- Many rows from a list of pairs. -#}
{% macro cells(pairs) -%}
{%- for label, value in pairs %}
{{ cell(label, value) }}
{%- if not loop.last %} union all{% endif %}
{%- endfor %}
{%- endmacro %}
