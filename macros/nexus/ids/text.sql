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

{% macro snowflake__nexus_timestamp_text(expression) -%}
  (replace(to_char(cast({{ expression }} as timestamp_ntz), 'YYYY-MM-DD HH24:MI:SS.FF6'), ' ', 'T') || 'Z')
{%- endmacro %}

{% macro bigquery__nexus_timestamp_text(expression) -%}
  format_timestamp('%Y-%m-%dT%H:%M:%E6SZ', cast({{ expression }} as timestamp), 'UTC')
{%- endmacro %}

{% macro databricks__nexus_timestamp_text(expression) -%}
  date_format(cast({{ expression }} as timestamp_ntz), "yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'")
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

{% macro snowflake__nexus_byte_order(expression) -%}
  {{ expression }}
{%- endmacro %}

{% macro bigquery__nexus_byte_order(expression) -%}
  {{ expression }}
{%- endmacro %}

{% macro redshift__nexus_byte_order(expression) -%}
  {{ expression }}
{%- endmacro %}

{% macro databricks__nexus_byte_order(expression) -%}
  {{ expression }}
{%- endmacro %}


{#- Renders whether two values differ, null being a value. By database: the operator. -#}
{% macro nexus_is_distinct(left, right) -%}
  {{ return(adapter.dispatch('nexus_is_distinct', 'nexus')(left, right)) }}
{%- endmacro %}

{% macro default__nexus_is_distinct(left, right) -%}
  ({{ left }} is distinct from {{ right }})
{%- endmacro %}

{% macro redshift__nexus_is_distinct(left, right) -%}
  (coalesce({{ left }} <> {{ right }}, true) and ({{ left }} is not null or {{ right }} is not null))
{%- endmacro %}



{#- Renders a text constant. value: anything. By database: how quotes in it are written, and whether a backslash is
    a character of its own. -#}
{% macro nexus_text_literal(value) -%}
  {{ return(adapter.dispatch('nexus_text_literal', 'nexus')(value)) }}
{%- endmacro %}

{% macro default__nexus_text_literal(value) -%}
  '{{ (value | string).replace("'", "''") }}'
{%- endmacro %}

{% macro snowflake__nexus_text_literal(value) -%}
  '{{ (value | string).replace("\\", "\\\\").replace("'", "''") }}'
{%- endmacro %}

{% macro bigquery__nexus_text_literal(value) -%}
  '{{ (value | string).replace("\\", "\\\\").replace("'", "\\'") }}'
{%- endmacro %}

{% macro redshift__nexus_text_literal(value) -%}
  '{{ (value | string).replace("\\", "\\\\").replace("'", "''") }}'
{%- endmacro %}

{% macro databricks__nexus_text_literal(value) -%}
  '{{ (value | string).replace("\\", "\\\\").replace("'", "\\'") }}'
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


{#- Renders a text with no-break spaces made spaces. By database: how the character is made. -#}
{% macro nexus_plain_blanks(expression) -%}
  {{ return(adapter.dispatch('nexus_plain_blanks', 'nexus')(expression)) }}
{%- endmacro %}

{% macro default__nexus_plain_blanks(expression) -%}
  replace({{ expression }}, chr(160), ' ')
{%- endmacro %}

{#- chr() of Redshift makes a byte of ASCII only; the two bytes of UTF-8 are the character. -#}
{% macro redshift__nexus_plain_blanks(expression) -%}
  replace({{ expression }}, from_varbyte(from_hex('c2a0'), 'utf8'), ' ')
{%- endmacro %}


{#- Renders a text with every match of a pattern removed. expression: SQL text. pattern: RE2, no quotes or
    backslashes. By database: the function and its flags. -#}
{% macro nexus_regexp_remove(expression, pattern) -%}
  {{ return(adapter.dispatch('nexus_regexp_remove', 'nexus')(expression, pattern)) }}
{%- endmacro %}

{% macro default__nexus_regexp_remove(expression, pattern) -%}
  regexp_replace({{ expression }}, '{{ pattern }}', '', 'g')
{%- endmacro %}

{% macro snowflake__nexus_regexp_remove(expression, pattern) -%}
  regexp_replace({{ expression }}, '{{ pattern }}', '')
{%- endmacro %}

{% macro bigquery__nexus_regexp_remove(expression, pattern) -%}
  regexp_replace({{ expression }}, r'{{ pattern }}', '')
{%- endmacro %}

{% macro redshift__nexus_regexp_remove(expression, pattern) -%}
  regexp_replace({{ expression }}, '{{ pattern }}', '')
{%- endmacro %}

{#- Java spells the classes of POSIX otherwise. -#}
{% macro databricks__nexus_regexp_remove(expression, pattern) -%}
  regexp_replace({{ expression }}, r'{{ nexus.nexus_java_pattern(pattern) }}', '')
{%- endmacro %}

{#- Returns a pattern with the classes of POSIX as Java spells them. -#}
{% macro nexus_java_pattern(pattern) -%}
  {{ return(pattern.replace('[:space:]', '\\s').replace('[:cntrl:]', '\\p{Cntrl}')) }}
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

{% macro snowflake__nexus_regexp_matches(expression, pattern) -%}
  (regexp_instr({{ expression }}, '{{ pattern }}') > 0)
{%- endmacro %}

{% macro bigquery__nexus_regexp_matches(expression, pattern) -%}
  regexp_contains({{ expression }}, r'{{ pattern }}')
{%- endmacro %}

{% macro databricks__nexus_regexp_matches(expression, pattern) -%}
  regexp_like({{ expression }}, r'{{ nexus.nexus_java_pattern(pattern) }}')
{%- endmacro %}


{#- Renders the operator that puts rows of two queries together, equal ones once. By database: whether it has to say so. -#}
{% macro nexus_union_distinct() -%}
  {{ return(adapter.dispatch('nexus_union_distinct', 'nexus')()) }}
{%- endmacro %}

{% macro default__nexus_union_distinct() -%}
  union
{%- endmacro %}

{% macro bigquery__nexus_union_distinct() -%}
  union distinct
{%- endmacro %}


{#- Renders the end of a line as SQL text that may also separate what listagg joins. By database: whether that has to be a literal. -#}
{% macro nexus_line_end() -%}
  {{ return(adapter.dispatch('nexus_line_end', 'nexus')()) }}
{%- endmacro %}

{% macro default__nexus_line_end() -%}
  chr(10)
{%- endmacro %}

{% macro bigquery__nexus_line_end() -%}
  '\n'
{%- endmacro %}
