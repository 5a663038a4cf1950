{%- if execute -%}{{ formatted_scalar_function_args_javascript() }}{%- endif %}
select 1 as id
