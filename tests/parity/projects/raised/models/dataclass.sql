{%- if execute -%}{{ exceptions.raise_dataclass_not_dict({'a': 1}) }}{%- endif %}
select 1 as id
