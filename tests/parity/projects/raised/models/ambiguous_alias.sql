{%- if execute -%}{{ exceptions.raise_ambiguous_alias(model, model, 'twice') }}{%- endif %}
select 1 as id
