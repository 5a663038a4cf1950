{#- Renders a value of JSON text as text; null where the path leads nowhere. json: SQL expression of JSON
    text. path: dotted keys, `items[0].name`. By database: the operator. -#}
{% macro nexus_json_text(json, path) -%}
  {{ return(adapter.dispatch('nexus_json_text', 'nexus')(json, path)) }}
{%- endmacro %}

{% macro default__nexus_json_text(json, path) -%}
  (cast({{ json }} as jsonb) #>> '{ {{- path.replace('[', '.').replace(']', '').split('.') | join(',') -}} }')
{%- endmacro %}

{% macro duckdb__nexus_json_text(json, path) -%}
  ({{ json }} ->> '$.{{ path }}')
{%- endmacro %}


{#- Renders the UTC timestamp of seconds since 1970; null for null. expression: a whole number.
    By database: the function. -#}
{% macro nexus_timestamp_from_epoch(expression) -%}
  {{ return(adapter.dispatch('nexus_timestamp_from_epoch', 'nexus')(expression)) }}
{%- endmacro %}

{% macro default__nexus_timestamp_from_epoch(expression) -%}
  (to_timestamp({{ expression }}) at time zone 'UTC')
{%- endmacro %}

{% macro duckdb__nexus_timestamp_from_epoch(expression) -%}
  (make_timestamp(cast({{ expression }} as bigint) * 1000000))
{%- endmacro %}


{#- Renders the UTC timestamp of milliseconds since 1970; null for null. By database: the function. -#}
{% macro nexus_timestamp_from_epoch_ms(expression) -%}
  {{ return(adapter.dispatch('nexus_timestamp_from_epoch_ms', 'nexus')(expression)) }}
{%- endmacro %}

{% macro default__nexus_timestamp_from_epoch_ms(expression) -%}
  (to_timestamp(({{ expression }}) / 1000.0) at time zone 'UTC')
{%- endmacro %}

{% macro duckdb__nexus_timestamp_from_epoch_ms(expression) -%}
  (make_timestamp(cast({{ expression }} as bigint) * 1000))
{%- endmacro %}


{#- Renders the UTC timestamp that an ISO-8601 text spells: its offset applied, UTC where it has none, midnight
    where it has no time, seconds optional; null for any other text.
    By database: the cast that does not raise. Postgres has none: only text that looks like a timestamp is
    cast there. -#}
{% macro nexus_timestamp_from_text(expression) -%}
  {{ return(adapter.dispatch('nexus_timestamp_from_text', 'nexus')(expression)) }}
{%- endmacro %}

{% macro default__nexus_timestamp_from_text(expression) -%}
  (case when {{ expression }} ~ '^[0-9]{4}-[01][0-9]-[0-3][0-9]([T ][0-2][0-9]:[0-5][0-9]|$)'
        then cast({{ expression }} as timestamp with time zone) at time zone 'UTC' end)
{%- endmacro %}

{% macro duckdb__nexus_timestamp_from_text(expression) -%}
  {%- set text = "regexp_replace(" ~ expression ~ ", '([T ][0-9][0-9]:[0-9][0-9])([Zz+-].*)?$', '\\1:00\\2')" -%}
  (try_cast(case
      when regexp_matches({{ expression }}, '[T ].*([Zz]|[+-][0-9:]+)$') then {{ text }}
      when length({{ expression }}) = 10 then {{ expression }} || ' 00:00:00+00'
      else {{ text }} || '+00'
    end as timestamptz) at time zone 'UTC')
{%- endmacro %}


{#- Renders a cast that gives null where the value does not fit. expression: SQL. type: `text`, `number`,
    `boolean`, `timestamp` or `date`. By database: the function; where there is none the cast raises. -#}
{% macro nexus_try_cast(expression, type) -%}
  {{ return(adapter.dispatch('nexus_try_cast', 'nexus')(expression, type)) }}
{%- endmacro %}

{% macro default__nexus_try_cast(expression, type) -%}
  cast({{ expression }} as {{ nexus.nexus_type(type) }})
{%- endmacro %}

{% macro duckdb__nexus_try_cast(expression, type) -%}
  try_cast({{ expression }} as {{ nexus.nexus_type(type) }})
{%- endmacro %}


{#- Renders a database's name of one of our types: `text`, `number`, `integer`, `boolean`, `timestamp`, `date`.
    By database: through dbt's type macros. -#}
{% macro nexus_type(type) -%}
  {%- if type == 'text' -%}{{ dbt.type_string() }}
  {%- elif type == 'number' -%}{{ dbt.type_numeric() }}
  {%- elif type == 'integer' -%}{{ dbt.type_bigint() }}
  {%- elif type == 'boolean' -%}{{ dbt.type_boolean() }}
  {%- elif type == 'timestamp' -%}{{ dbt.type_timestamp() }}
  {%- elif type == 'date' -%}date
  {%- else -%}{{ exceptions.raise_compiler_error('nexus: `' ~ type ~ '` is not a type; use text, number, integer, boolean, timestamp or date') }}
  {%- endif -%}
{%- endmacro %}
