{%- for k, v in {'a': 1, 'b': none, 'c': 3}.items() if v is not none %}{{ k }}{{ v }}{{ ', ' if not loop.last }}{% else %}empty{% endfor %}
{% for x in [] %}x{% else %}empty{% endfor %}
{% for x in range(5) if x is odd %}{{ loop.index }}:{{ x }}/{{ loop.length }} {% endfor %}
