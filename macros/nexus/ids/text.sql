{#- Renders a timestamp as text: UTC ISO-8601 with microseconds, `2024-01-31T09:00:00.000000Z`. expression:
    a timestamp in UTC. By database: the function and its format. -#}
{% macro nexus_timestamp_text(expression) -%}
  {{ return(adapter.dispatch('nexus_timestamp_text', 'nexus')(expression)) }}
{%- endmacro %}

{% macro default__nexus_timestamp_text(expression) -%}
  to_char(cast({{ expression }} as timestamp), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
{%- endmacro %}

{% macro duckdb__nexus_timestamp_text(expression) -%}
  strftime(cast({{ expression }} as timestamp), '%Y-%m-%dT%H:%M:%S.%fZ')
{%- endmacro %}


{#- Renders a text so that comparing and sorting it goes by its bytes. expression: SQL text.
    By database: whether a collation must be named. -#}
{% macro nexus_byte_order(expression) -%}
  {{ return(adapter.dispatch('nexus_byte_order', 'nexus')(expression)) }}
{%- endmacro %}

{% macro default__nexus_byte_order(expression) -%}
  ({{ expression }} collate "C")
{%- endmacro %}

{% macro duckdb__nexus_byte_order(expression) -%}
  {{ expression }}
{%- endmacro %}


{#- Renders whether two values differ, null being a value. By database: the operator. -#}
{% macro nexus_is_distinct(left, right) -%}
  {{ return(adapter.dispatch('nexus_is_distinct', 'nexus')(left, right)) }}
{%- endmacro %}

{% macro default__nexus_is_distinct(left, right) -%}
  ({{ left }} is distinct from {{ right }})
{%- endmacro %}


{#- Renders a text constant. value: anything; quotes in it are doubled. The same on every database. -#}
{% macro nexus_text_literal(value) -%}
  '{{ (value | string).replace("'", "''") }}'
{%- endmacro %}


{#- Renders a comma-separated list of text constants, lower-cased. values: list. The same on every database. -#}
{% macro nexus_text_literals(values) -%}
  {%- for value in values -%}
    {{ nexus.nexus_text_literal(value | string | lower) }}{% if not loop.last %}, {% endif %}
  {%- endfor -%}
{%- endmacro %}


{#- Renders whether a text is one of some, without regard to their letter case; false for null. expression: lower-case
    SQL text. values: list. The same on every database. -#}
{% macro nexus_in_list(expression, values) -%}
  {%- if values | length == 0 -%}
    (1 = 0)
  {%- else -%}
    coalesce({{ expression }} in ({{ nexus.nexus_text_literals(values) }}), false)
  {%- endif -%}
{%- endmacro %}


{#- Renders a text without blanks around it: space, tab, line break, no-break space. expression: SQL text.
    By database: the regular expression helper. -#}
{% macro nexus_trim(expression) -%}
  {{ nexus.nexus_regexp_remove(nexus.nexus_plain_blanks(expression) | trim, '^[[:space:]]+|[[:space:]]+$') }}
{%- endmacro %}


{#- Renders a text with no-break spaces made spaces. By database: nothing here. -#}
{% macro nexus_plain_blanks(expression) -%}
  replace({{ expression }}, chr(160), ' ')
{%- endmacro %}


{#- Renders a text with every match of a pattern removed. expression: SQL text. pattern: RE2, no quotes or
    backslashes. By database: the function and its flags. -#}
{% macro nexus_regexp_remove(expression, pattern) -%}
  {{ return(adapter.dispatch('nexus_regexp_remove', 'nexus')(expression, pattern)) }}
{%- endmacro %}

{% macro default__nexus_regexp_remove(expression, pattern) -%}
  regexp_replace({{ expression }}, '{{ pattern }}', '', 'g')
{%- endmacro %}


{#- Renders whether a pattern matches somewhere in a text; null for null. Arguments as nexus_regexp_remove.
    By database: the operator or function. -#}
{% macro nexus_regexp_matches(expression, pattern) -%}
  {{ return(adapter.dispatch('nexus_regexp_matches', 'nexus')(expression, pattern)) }}
{%- endmacro %}

{% macro default__nexus_regexp_matches(expression, pattern) -%}
  ({{ expression }} ~ '{{ pattern }}')
{%- endmacro %}

{% macro duckdb__nexus_regexp_matches(expression, pattern) -%}
  regexp_matches({{ expression }}, '{{ pattern }}')
{%- endmacro %}
