{# Seeds: DuckDB reads the file itself. #}

{# A table with indexes is made anew: within one transaction a unique index still holds the keys that were deleted. #}
{% macro duckdb__reset_csv_table(model, full_refresh, old_relation, agate_table) -%}
    {%- set indexed = config.get('indexes') -%}
    {{ return(default__reset_csv_table(model, full_refresh or indexed, old_relation, agate_table)) }}
{%- endmacro %}

{# `fast: false` loads by inserts, which keeps agate's reading of nulls and numbers. #}
{% macro duckdb__load_csv_rows(model, agate_table) -%}
    {%- if not config.get('fast', true) -%}
        {{ return(default__load_csv_rows(model, agate_table)) }}
    {%- endif -%}
    {%- set path = _seed_path(model) | replace("'", "''") -%}
    {%- set delimiter = config.get('delimiter', ',') | replace("'", "''") -%}
    {%- set names = get_seed_column_quoted_csv(model, agate_table.column_names) -%}
    {%- set text = "copy " ~ this.render() ~ " (" ~ names ~ ") from '" ~ path
        ~ "' (format csv, header true, auto_detect false, delimiter '" ~ delimiter ~ "', quote '\"', escape '\"')" -%}
    {%- do adapter.execute(text, auto_begin=True) -%}
    {{ return(text) }}
{%- endmacro %}

{% macro duckdb__get_binding_char() -%}
  {{ return('?') }}
{%- endmacro %}

{% macro duckdb__get_batch_size() -%}
  {{ return(10000) }}
{%- endmacro %}
