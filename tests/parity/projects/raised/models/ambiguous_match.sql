{%- if execute -%}{{ exceptions.raise_ambiguous_catalog_match(model.unique_id, {'metadata': {'database': 'a', 'schema': 'b', 'name': 'c'}}, {'metadata': {'database': 'a', 'schema': 'b', 'name': 'C'}}) }}{%- endif %}
select 1 as id
