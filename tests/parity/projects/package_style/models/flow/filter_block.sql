{% filter upper | indent(4) %}
line one
line two
{% endfilter %}
{% filter replace('a', 'b') %}banana{% endfilter %}
