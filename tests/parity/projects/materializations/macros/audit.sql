{% macro audit(label) -%}
insert into audit values ({{ var('run_number') }}, '{{ label }}')
{%- endmacro %}

{% macro comment_for(node) -%}
{%- if node %}nexus parity: {{ node.unique_id }}{% else %}nexus parity{% endif -%}
{%- endmacro %}
