{% macro pairs(a, b) %}{% set found = [] %}{% for x, y in modules.itertools.product(a, b) %}{% do found.append(x ~ y) %}{% endfor %}{{ return(found) }}{% endmacro %}
