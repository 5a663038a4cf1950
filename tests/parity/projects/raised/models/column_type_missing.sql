{%- if execute -%}{{ exceptions.column_type_missing(['id', 'name']) }}{%- endif %}
select 1 as id
