{%- if execute -%}{{ exceptions.raise_cache_inconsistent('two of one') }}{%- endif %}
select 1 as id
