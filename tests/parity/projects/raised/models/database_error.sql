{%- if execute -%}{{ exceptions.raise_database_error('the database is said to refuse') }}{%- endif %}
select 1 as id
