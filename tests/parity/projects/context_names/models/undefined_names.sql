{{ caller is defined }}
{{ varargs is defined }}
{{ kwargs is defined }}
{{ loop is defined }}
{{ results is defined }}
{{ nope is defined }}
{{ cycler is callable }}
{{ joiner is callable }}
{{ namespace is callable }}
{{ dict is callable }}
{{ range is callable }}
{%- set j = joiner('; ') -%}{%- set c = cycler('a', 'b') %}
{% for x in [1, 2, 3] %}{{ j() }}{{ x }}{{ c.next() }}{{ c.current }}{% endfor %}
