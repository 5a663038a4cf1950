{%- if execute -%}{{ exceptions.raise_compiler_error('said of a node', model) }}{%- endif %}
select 1 as id
