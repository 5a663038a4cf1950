{%- if execute -%}{{ exceptions.raise_not_implemented('not there') }}{%- endif %}
select 1 as id
