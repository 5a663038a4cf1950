{% macro log_hook(label) -%}
insert into {{ target.schema }}.hook_log values ('{{ label }}')
{%- endmacro %}
