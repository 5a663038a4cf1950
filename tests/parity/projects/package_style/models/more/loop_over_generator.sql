{%- for x in ['a', 'b', 'c'] | map('upper') %}{{ loop.index }}{{ x }}{{ loop.last }}{{ loop.length }};{% endfor %}
{%- for g in [{'k': 1, 'v': 'x'}, {'k': 2, 'v': 'y'}, {'k': 1, 'v': 'z'}] | groupby('k') %} {{ g.grouper }}={{ g.list | map(attribute='v') | list }}{{ g[0] }}{% endfor %}
