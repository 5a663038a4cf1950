{# Rows of unit tests as queries. #}

{# The rows given for an input; columns that a row does not name are null. #}
{% macro get_fixture_sql(rows, column_name_to_data_types) %}
-- Fixture for {{ model.name }}
{% set types = column_name_to_data_types or {} -%}
{%- set quoted = {} -%}
{%- if not column_name_to_data_types -%}
{%-   set relation = defer_relation if (defer_relation and not load_relation(this)) else this -%}
{%-   for column in adapter.get_columns_in_relation(relation) -%}
{%-     do types.update({column.name | lower: column.data_type}) -%}
{%-     do quoted.update({column.name | lower: column.quoted}) -%}
{%-   endfor -%}
{%- endif -%}
{%- if not types -%}
{%-   do exceptions.raise_compiler_error(
        "The columns of `" ~ model.name ~ "` for a unit test are not known: " ~ this ~ " does not exist") -%}
{%- endif -%}
{%- set empty = {} -%}
{%- for name, type in types.items() -%}
{%-   do empty.update({name: safe_cast("null", type) | trim}) -%}
{%- endfor -%}
{%- do validate_fixture_rows(rows, row_number) -%}
{%- for row in rows -%}
{%-   set whole = empty.copy() -%}
{%-   do whole.update(format_row(row, types)) -%}
select
{%-   for name, value in whole.items() %} {{ value }} as {{ quoted[name] }}{{ '' if loop.last else ',' }}
{%-   endfor %}
{%-   if not loop.last %}
union all
{%    endif %}
{%- endfor -%}
{%- if not rows -%}
    select
    {%- for name, value in empty.items() %} {{ value }} as {{ quoted[name] }}{{ '' if loop.last else ',' }}
    {%- endfor %}
    limit 0
{%- endif -%}
{% endmacro %}

{# The expected rows; without any, the shape of the actual ones. #}
{% macro get_expected_sql(rows, column_name_to_data_types, column_name_to_quoted) %}
{%- if not rows -%}
    select * from dbt_internal_unit_test_actual
    limit 0
{%- else -%}
{%- for row in rows -%}
select
{%- for name, value in format_row(row, column_name_to_data_types).items() %} {{ value }} as {{ column_name_to_quoted[name] }}{{ '' if loop.last else ',' }}
{%- endfor %}
{%- if not loop.last %}
union all
{% endif %}
{%- endfor -%}
{%- endif -%}
{% endmacro %}

{# A row's values as casts, by lower-case column name. #}
{%- macro format_row(row, column_name_to_data_types) -%}
    {%- set formatted = {} -%}
    {%- for given, value in row.items() -%}
        {%- set name = given | lower -%}
        {%- if name not in column_name_to_data_types -%}
            {%- set what = "expected output" if model.resource_type == 'unit_test' else "'" ~ model.name ~ "'" -%}
            {# dbt's words: programs look for them. #}
            {%- do exceptions.raise_compiler_error(
                "Invalid column name: '" ~ name ~ "' in unit test fixture for " ~ what ~ "."
                ~ "\nAccepted columns for " ~ what ~ " are: " ~ (column_name_to_data_types.keys() | list)) -%}
        {%- endif -%}
        {%- set type = column_name_to_data_types[name] -%}
        {%- if value is none -%}
            {%- set written = 'null' -%}
        {%- elif value is string -%}
            {%- set written = dbt.string_literal(dbt.escape_single_quotes(value)) -%}
            {# A text must not be cut to a column's width without a word. #}
            {%- set type = type.split('(')[0] if 'varying' in type else type -%}
        {%- else -%}
            {%- set written = value -%}
        {%- endif -%}
        {%- do formatted.update({name: safe_cast(written, type)}) -%}
    {%- endfor -%}
    {{ return(formatted) }}
{%- endmacro -%}

{# For databases with rules of their own about fixtures. #}
{%- macro validate_fixture_rows(rows, row_number) -%}
  {{ return(adapter.dispatch('validate_fixture_rows', 'dbt')(rows, row_number)) }}
{%- endmacro -%}

{%- macro default__validate_fixture_rows(rows, row_number) -%}
{%- endmacro -%}
