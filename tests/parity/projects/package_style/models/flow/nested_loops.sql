{%- set tables = {'a': ['x', 'y'], 'b': ['z']} -%}
{%- for t, cols in tables.items() -%}
{%- set outer_loop = loop -%}
{%- for c in cols %}
{{ t }}.{{ c }}{{ ',' if not (loop.last and outer_loop.last) }} -- {{ outer_loop.index }}.{{ loop.index }}
{%- endfor -%}
{%- endfor %}
