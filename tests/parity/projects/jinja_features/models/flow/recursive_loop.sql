{%- set tree = [{'name': 'root', 'kids': [{'name': 'left', 'kids': [{'name': 'leaf', 'kids': []}]}, {'name': 'right', 'kids': []}]}] -%}
select '
{%- for node in tree recursive -%}
  {{ node.name }}@{{ loop.depth }}{% if node.kids %}({{ loop(node.kids) }}){% endif %}{% if not loop.last %},{% endif %}
{%- endfor -%}
' as tree
