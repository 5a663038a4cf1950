{% macro dbt_utils_like_values(relation, column) %}
  {%- call statement('values_of', fetch_result=true) %}
    select {{ column }} from {{ relation }} group by 1 order by 1
  {% endcall -%}
  {%- set result = load_result('values_of') -%}
  {%- if result -%}{{ return(result['data'] | map(attribute=0) | list) }}{%- endif -%}
  {{ return([]) }}
{% endmacro %}
