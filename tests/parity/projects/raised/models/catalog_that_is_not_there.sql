{%- if execute -%}{{ adapter.get_catalog_integration('nowhere') }}{%- endif %}
select 1 as id
