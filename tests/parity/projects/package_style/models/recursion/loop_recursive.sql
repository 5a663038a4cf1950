{%- for item in [{'n': 'a', 'c': [{'n': 'b', 'c': []}, {'n': 'd', 'c': [{'n': 'e', 'c': []}]}]}] recursive %}
{{ '..' * loop.depth0 }}{{ item.n }}{% if item.c %}{{ loop(item.c) }}{% endif %}
{%- endfor %}
