{%- if execute -%}{{ exceptions.raise_invalid_property_yml_version('models/schema.yml', 'no version') }}{%- endif %}
select 1 as id
