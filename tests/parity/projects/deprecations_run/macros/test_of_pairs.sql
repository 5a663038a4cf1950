{% test of_pairs(model, column_name) %}
select * from {{ model }} where {{ column_name }} not in ({% for p in modules.itertools.chain([1], [2]) %}{{ p }}{% if not loop.last %}, {% endif %}{% endfor %})
{% endtest %}
