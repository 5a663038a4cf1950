{# dbt-duckdb has no statement for functions of its own: this project brings it. #}
{% macro duckdb__scalar_function_sql(target_relation) %}
create or replace macro {{ target_relation.render() }}({{ model.arguments | map(attribute='name') | join(', ') }}) as ({{ model.compiled_code }})
{% endmacro %}

{# Keeps what dbt's macros write of the statement as a table, and makes the function in DuckDB's own way. #}
{% macro duckdb__aggregate_function_sql(target_relation) %}
{%- set head = get_aggregate_function_create_replace_signature(target_relation) -%}
{%- set parts = [
    ('head', head),
    ('arguments', get_formatted_aggregate_function_args()),
    ('language', get_function_language_specifier()),
    ('volatility', get_aggregate_function_volatility_specifier()),
    ('python', get_function_python_options()),
    ('javascript', scalar_function_volatility_javascript()),
    ('name', this.get_function_macro_name(this.get_function_config(model))),
    ('kinds', target_relation.type ~ ' ' ~ target_relation.is_function ~ ' ' ~ target_relation.Function),
] -%}
{%- set rows = [] -%}
{%- for name, text in parts -%}
  {%- do rows.append("('" ~ name ~ "', '" ~ (text.split() | join(' ') | lower | replace("'", "''")) ~ "')") -%}
{%- endfor -%}
{%- do run_query('create or replace table ' ~ target_relation.incorporate(path={'identifier': 'words_of_total'}) ~ ' as select * from (values ' ~ (rows | join(', ')) ~ ') as words(part, written)') -%}
create or replace macro {{ target_relation.render() }}({{ model.arguments | map(attribute='name') | join(', ') }}) as ({{ model.compiled_code }})
{% endmacro %}
