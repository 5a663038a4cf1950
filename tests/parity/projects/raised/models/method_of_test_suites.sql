{%- if execute -%}{{ adapter.run_sql_for_tests('select 1', 'one', none) }}{%- endif %}
select 1 as id
