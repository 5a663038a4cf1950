{%- set args = ['a', {'b': 1}, ['c', ('d', none)], 1.5, true] -%}
{%- for a in args %}
{%- set kind = 'str' if a is string else 'map' if a is mapping else 'seq' if a is sequence else 'bool' if a is boolean else 'num' if a is number else '?' %}
{{ kind }} {{ a | tojson }} {{ a }}
{%- endfor %}
