{%- if execute -%}{{ exceptions.raise_duplicate_patch_name(model, 'models/schema.yml') }}{%- endif %}
select 1 as id
