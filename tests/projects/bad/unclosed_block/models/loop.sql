{% for n in [1, 2] %}
select {{ n }}
