{%- if execute -%}{{ exceptions.missing_config(model, 'unique_key') }}{%- endif %}
select 1 as id
