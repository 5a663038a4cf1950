{# DuckDB's functions in SQL are macros: an expression, or a query in brackets, over untyped arguments.
   dbt-duckdb has no statement for functions, so that dbt fails here; a project's own `duckdb__scalar_function_sql` is used in both. #}
{% macro duckdb__scalar_function_sql(target_relation) %}
create or replace function {{ target_relation.render() }}({{ model.arguments | map(attribute='name') | join(', ') }}) as (
  {{ model.compiled_code }}
)
{% endmacro %}
