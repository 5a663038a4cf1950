{#- Adds a column, so that the rows show whose macro ran. Arguments that only some adapters pass travel in kwargs. -#}
{% macro duckdb__create_table_as(temporary, relation, compiled_code, language='sql') -%}
  {%- if config.get('marked', false) and not temporary -%}
    create table {{ relation }} as (select *, 'root' as made_by from ({{ compiled_code }}) marked)
  {%- else -%}
    {{ dbt.duckdb__create_table_as(temporary, relation, compiled_code, language, **kwargs) }}
  {%- endif -%}
{%- endmacro %}

{% macro get_incremental_tripled_sql(arg_dict) %}
  {%- set columns = get_quoted_csv(arg_dict['dest_columns'] | map(attribute='name')) -%}
  insert into {{ arg_dict['target_relation'] }} ({{ columns }})
  select {{ columns }} from {{ arg_dict['temp_relation'] }}, range(3)
{% endmacro %}
