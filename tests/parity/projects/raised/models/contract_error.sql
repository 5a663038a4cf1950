{%- if execute -%}{{ exceptions.raise_contract_error([{'name': 'id', 'data_type': 'integer'}], [{'name': 'id', 'data_type': 'text'}]) }}{%- endif %}
select 1 as id
