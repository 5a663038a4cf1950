{% macro default__overridden(x) %}root {{ x }} then {{ toolbox.default__overridden(x) }}{% endmacro %}

{% macro row_value(label, value) -%}
select '{{ label }}' as label, '{{ value | string | replace("'", "''") }}' as value
{%- endmacro %}

{% macro table_of(pairs) -%}
{%- for label, value in pairs %}
{{ row_value(label, value) }}
{%- if not loop.last %} union all{% endif %}
{%- endfor %}
{%- endmacro %}
