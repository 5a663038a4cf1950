{%- if execute -%}{{ exceptions.raise_compiler_error('said by the model') }}{%- endif %}
select 1 as id
