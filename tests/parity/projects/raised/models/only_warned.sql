{%- if execute -%}{% do exceptions.warn('only said') %}{%- endif %}
select 1 as id
