{%- if execute -%}{{ exceptions.raise_dependency_error('a package is said to be missing') }}{%- endif %}
select 1 as id
