{%- if execute -%}{{ adapter.store_relation('nobody', this, [], 'a.csv', 'csv', config) }}{%- endif %}
select 1 as id
