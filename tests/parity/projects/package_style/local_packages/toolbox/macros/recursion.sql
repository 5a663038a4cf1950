{% macro flatten_dict(value, prefix='', out=none, depth=0) %}
  {% set out = out if out is not none else {} %}
  {% if depth > var('depth_max', 10) %}{{ return(out) }}{% endif %}
  {% for key, item in value.items() %}
    {% set name = (prefix ~ '.' ~ key) if prefix else key %}
    {% if item is mapping %}
      {% do toolbox.flatten_dict(item, name, out, depth + 1) %}
    {% else %}
      {% do out.update({name: item}) %}
    {% endif %}
  {% endfor %}
  {{ return(out) }}
{% endmacro %}

{% macro render_tree(nodes, depth=0) -%}
{%- for node in nodes %}
{{ '  ' * depth }}- {{ node.name }}
{%- if node.children %}{{ toolbox.render_tree(node.children, depth + 1) }}{% endif -%}
{%- endfor %}
{%- endmacro %}

{% macro fibonacci(n) %}
  {%- if n < 2 -%}{{ return(n) }}{%- endif -%}
  {{ return(toolbox.fibonacci(n - 1) + toolbox.fibonacci(n - 2)) }}
{% endmacro %}

{% macro wrapped(label, level=1) -%}
/* {{ '#' * level }} {{ label }} */
{{ caller() if level < 3 else 'deep' }}
/* end {{ label }} */
{%- endmacro %}

{% macro outer(items) %}
  {%- call(item, index) toolbox.each_item(items) -%}
    {%- call toolbox.wrapped(item, level=index) -%}
      select '{{ item }}' as {{ item }}
    {%- endcall -%}
  {%- endcall -%}
{% endmacro %}

{% macro each_item(items) %}
{%- for item in items -%}
{{ caller(item, loop.index) }}{{ '\n' if not loop.last }}
{%- endfor -%}
{% endmacro %}
