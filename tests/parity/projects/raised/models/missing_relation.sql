{%- if execute -%}{{ exceptions.missing_relation('nowhere', model) }}{%- endif %}
select 1 as id
