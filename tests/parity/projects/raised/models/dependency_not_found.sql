{%- if execute -%}{{ exceptions.raise_dep_not_found(model, 'model raised', 'other') }}{%- endif %}
select 1 as id
