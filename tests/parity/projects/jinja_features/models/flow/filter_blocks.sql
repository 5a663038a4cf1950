select '{% filter upper %}shouted {{ "text" }}{% endfilter %}' as a, '{% filter replace("x", "y") | trim %} xox {% endfilter %}' as b
