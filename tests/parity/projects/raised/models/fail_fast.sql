{%- if execute -%}{{ exceptions.raise_fail_fast_error('enough of it', node=model) }}{%- endif %}
select 1 as id
