{#- Renders a value of JSON text as text; null where the path leads nowhere. json: SQL expression of JSON
    text. path: dotted keys, `items[0].name`. By database: the operator. -#}
{% macro nexus_json_text(json, path) -%}
  {{ return(adapter.dispatch('nexus_json_text', 'nexus')(json, path)) }}
{%- endmacro %}

{#- The type json keeps the text of what the path leads to, as the other databases do; jsonb would write it anew. -#}
{% macro default__nexus_json_text(json, path) -%}
  (cast({{ json }} as json) #>> '{ {{- path.replace('[', '.').replace(']', '').split('.') | join(',') -}} }')
{%- endmacro %}

{% macro duckdb__nexus_json_text(json, path) -%}
  ({{ json }} ->> '$.{{ path }}')
{%- endmacro %}

{% macro snowflake__nexus_json_text(json, path) -%}
  (get_path(try_parse_json({{ json }}), '{{ path }}')::varchar)
{%- endmacro %}

{% macro bigquery__nexus_json_text(json, path) -%}
  coalesce(json_value({{ json }}, '$.{{ path }}'), json_query({{ json }}, '$.{{ path }}'))
{%- endmacro %}

{#- A call takes up to five names, none of which leads into an array. -#}
{% macro redshift__nexus_json_text(json, path) -%}
  {%- set found = namespace(value=json, names=[]) -%}
  {%- for key in path.replace('[', '.[').split('.') -%}
    {%- if found.names and (key.startswith('[') or found.names | length == 5) -%}
      {%- set found.value = nexus.nexus_redshift_json_member(found.value, found.names) -%}
      {%- set found.names = [] -%}
    {%- endif -%}
    {%- if key.startswith('[') -%}
      {%- set found.value = 'json_extract_array_element_text(' ~ found.value ~ ', ' ~ key[1:-1] ~ ', true)' -%}
    {%- else -%}
      {%- do found.names.append(key) -%}
    {%- endif -%}
  {%- endfor -%}
  nullif({{ nexus.nexus_redshift_json_member(found.value, found.names) if found.names else found.value }}, '')
{%- endmacro %}

{#- Renders a member of JSON objects one in another. json: SQL text. names: one to five. For Redshift only. -#}
{% macro nexus_redshift_json_member(json, names) -%}
  json_extract_path_text({{ json }}, '{{ names | join("', '") }}', true)
{%- endmacro %}

{% macro databricks__nexus_json_text(json, path) -%}
  get_json_object({{ json }}, '$.{{ path }}')
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

{% macro snowflake__nexus_timestamp_from_epoch(expression) -%}
  to_timestamp_ntz({{ expression }}, 0)
{%- endmacro %}

{% macro bigquery__nexus_timestamp_from_epoch(expression) -%}
  timestamp_seconds({{ expression }})
{%- endmacro %}

{% macro redshift__nexus_timestamp_from_epoch(expression) -%}
  (timestamp 'epoch' + ({{ expression }}) * interval '1 second')
{%- endmacro %}

{% macro databricks__nexus_timestamp_from_epoch(expression) -%}
  cast(to_utc_timestamp(timestamp_seconds({{ expression }}), current_timezone()) as timestamp_ntz)
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

{% macro snowflake__nexus_timestamp_from_epoch_ms(expression) -%}
  to_timestamp_ntz({{ expression }}, 3)
{%- endmacro %}

{% macro bigquery__nexus_timestamp_from_epoch_ms(expression) -%}
  timestamp_millis({{ expression }})
{%- endmacro %}

{% macro redshift__nexus_timestamp_from_epoch_ms(expression) -%}
  (timestamp 'epoch' + ({{ expression }}) * interval '0.001 second')
{%- endmacro %}

{% macro databricks__nexus_timestamp_from_epoch_ms(expression) -%}
  cast(to_utc_timestamp(timestamp_millis({{ expression }}), current_timezone()) as timestamp_ntz)
{%- endmacro %}



{#- Renders the UTC timestamp that an ISO-8601 text spells: its offset applied, UTC where it has none, midnight
    where it has no time, seconds optional; null for any other text. The session's time zone plays no part.
    By database: the cast that does not raise. Postgres has none: there the text is looked at first. -#}
{% macro nexus_timestamp_from_text(expression) -%}
  {{ return(adapter.dispatch('nexus_timestamp_from_text', 'nexus')(expression)) }}
{%- endmacro %}

{% macro default__nexus_timestamp_from_text(expression) -%}
  (case
    when not {{ expression }} ~ '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])([T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]+)?)?([Zz]|[+-][0-9]{2}(:?[0-9]{2})?)?)?$' then null
    when {{ expression }} like '0000%' then null
    when cast(substring({{ expression }} from 9 for 2) as integer)
        > extract(day from cast(substring({{ expression }} from 1 for 7) || '-01' as date) + interval '1 month' - interval '1 day') then null
    when {{ expression }} ~ '[T ].*([Zz]|[+-][0-9:]+)$' then cast({{ expression }} as timestamp with time zone) at time zone 'UTC'
    else cast({{ expression }} as timestamp)
  end)
{%- endmacro %}

{% macro duckdb__nexus_timestamp_from_text(expression) -%}
  {%- set text = "regexp_replace(" ~ expression ~ ", '([T ][0-9][0-9]:[0-9][0-9])([Zz+-].*)?$', '\\1:00\\2')" -%}
  (try_cast(case
      when regexp_matches({{ expression }}, '[T ].*([Zz]|[+-][0-9:]+)$') then {{ text }}
      when length({{ expression }}) = 10 then {{ expression }} || ' 00:00:00+00'
      else {{ text }} || '+00'
    end as timestamptz) at time zone 'UTC')
{%- endmacro %}

{% macro snowflake__nexus_timestamp_from_text(expression) -%}
  (case
    when regexp_instr({{ expression }}, '^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9:.]+)?([Zz]|[+-][0-9:]+)?$') = 0 then null
    when regexp_instr({{ expression }}, '[T ].*([Zz]|[+-][0-9:]+)$') > 0 then cast(convert_timezone('UTC', try_cast({{ expression }} as timestamp_tz)) as timestamp_ntz)
    else try_cast({{ expression }} as timestamp_ntz)
  end)
{%- endmacro %}

{#- Digits below the microsecond make a text unreadable, so they go first. -#}
{% macro bigquery__nexus_timestamp_from_text(expression) -%}
  safe_cast(regexp_replace({{ expression }}, r'([.][0-9]{6})[0-9]+', r'\1') as timestamp)
{%- endmacro %}

{% macro databricks__nexus_timestamp_from_text(expression) -%}
  (case when regexp_like({{ expression }}, r'[T ].*([Zz]|[+-][0-9:]+)$')
    then cast(to_utc_timestamp(try_cast({{ expression }} as timestamp), current_timezone()) as timestamp_ntz)
    else try_cast({{ expression }} as timestamp_ntz) end)
{%- endmacro %}



{#- Renders a value of a type from text; null where the text spells none. expression: SQL text. type: `text`, `number`,
    `boolean` (true, t, yes, y, 1 and their opposites), `timestamp` or `date` (ISO-8601, in UTC).
    By database: nothing here; numbers and timestamps differ. -#}
{% macro nexus_try_cast(expression, type) -%}
  {%- if type == 'number' or type == 'integer' -%}
    {{ nexus.nexus_try_number(expression, type) }}
  {%- elif type == 'boolean' -%}
    (case
      when lower({{ nexus.nexus_trim(expression) }}) in ('true', 't', 'yes', 'y', '1') then true
      when lower({{ nexus.nexus_trim(expression) }}) in ('false', 'f', 'no', 'n', '0') then false
    end)
  {%- elif type == 'timestamp' -%}
    cast({{ nexus.nexus_timestamp_from_text(expression) }} as {{ nexus.nexus_type(type) }})
  {%- elif type == 'date' -%}
    cast({{ nexus.nexus_timestamp_from_text(expression) }} as date)
  {%- else -%}
    cast({{ expression }} as {{ nexus.nexus_type(type) }})
  {%- endif -%}
{%- endmacro %}


{#- Renders the number that a text spells, null where it spells none. Arguments as nexus_try_cast. By database: the
    function; where there is none the text is looked at first. -#}
{% macro nexus_try_number(expression, type) -%}
  {{ return(adapter.dispatch('nexus_try_number', 'nexus')(expression, type)) }}
{%- endmacro %}

{% macro default__nexus_try_number(expression, type) -%}
  (case when {{ expression }} ~ '^[[:space:]]*[+-]?([0-9]{1,18}([.][0-9]*)?|[.][0-9]+)[[:space:]]*$' then cast(cast({{ expression }} as numeric) as {{ nexus.nexus_type(type) }}) end)
{%- endmacro %}

{% macro duckdb__nexus_try_number(expression, type) -%}
  try_cast({{ expression }} as {{ nexus.nexus_type(type) }})
{%- endmacro %}

{% macro snowflake__nexus_try_number(expression, type) -%}
  try_cast({{ expression }} as {{ nexus.nexus_type(type) }})
{%- endmacro %}

{% macro bigquery__nexus_try_number(expression, type) -%}
  safe_cast({{ expression }} as {{ nexus.nexus_type(type) }})
{%- endmacro %}

{% macro databricks__nexus_try_number(expression, type) -%}
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
