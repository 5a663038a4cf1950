{#- Renders the text of a JSON document: null where it is empty or the word `null`, which loaders of raw rows write, or
    leave out, each in its own way.
    text: SQL expression. The same on every database. -#}
{% macro nexus_json_document(text) -%}
  case when trim({{ text }}) not in ('', 'null') then {{ text }} end
{%- endmacro %}

{#- Renders whether a text is one well-formed JSON value; null for null.
    text: SQL expression. By database: the function that checks without raising. -#}
{% macro nexus_json_valid(text) -%}
  {{ return(adapter.dispatch('nexus_json_valid', 'nexus')(text)) }}
{%- endmacro %}

{% macro default__nexus_json_valid(text) -%}
  ({{ text }} is json)
{%- endmacro %}

{#- `is json` came with version 16, so the text is reduced: strings, then other values, then what holds values from the
    inside out, to one value. Text that is nested deeper than 24 levels, or has a character that `jsonb` does not hold
    (\u0000, half a surrogate), is none. `random()` says nothing: with a volatile part the planner works the expression out
    once a row, not once for each use of the column. -#}
{% macro postgres__nexus_json_valid(text) -%}
  {%- set strings -%}"([^"\\\x01-\x1f]|\\["\\/bfnrt]|\\u(?!0000|[dD][89a-fA-F])[0-9a-fA-F]{4}|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})*"{%- endset -%}
  {%- set numbers = "-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?|true|false|null" -%}
  {%- set holders -%}\[((0|"")(,(0|""))*)?\]|\{("":(0|"")(,"":(0|""))*)?\}{%- endset -%}
  ({% for level in range(24) %}regexp_replace({% endfor -%}
  regexp_replace(regexp_replace(regexp_replace({{ text }}, '{{ strings }}', '""', 'g'), '{{ numbers }}', '0', 'g'), '[ \t\n\r]+', '', 'g')
  {%- for level in range(24) %}, '{{ holders }}', '0', 'g'){% endfor %} in ('0', '""') and random() is not null)
{%- endmacro %}

{% macro duckdb__nexus_json_valid(text) -%}
  json_valid({{ text }})
{%- endmacro %}

{% macro bigquery__nexus_json_valid(text) -%}
  (safe.parse_json({{ text }}) is not null)
{%- endmacro %}

{% macro snowflake__nexus_json_valid(text) -%}
  (try_parse_json({{ text }}) is not null)
{%- endmacro %}

{% macro redshift__nexus_json_valid(text) -%}
  is_valid_json({{ text }})
{%- endmacro %}

{% macro databricks__nexus_json_valid(text) -%}
  (try_parse_json({{ text }}) is not null)
{%- endmacro %}


{#- Renders a select with values of JSON text as text columns; null where a path leads nowhere. relation: a CTE or relation. columns: list of its columns to
    keep. json: one of its columns of JSON text. paths: name of a column → path, as nexus_json_text. By database: where one call takes several paths, the text is
    read once for all of them. -#}
{% macro nexus_json_texts(relation, columns, json, paths) -%}
  {{ return(adapter.dispatch('nexus_json_texts', 'nexus')(relation, columns, json, paths)) }}
{%- endmacro %}

{% macro default__nexus_json_texts(relation, columns, json, paths) -%}
  select
    {{ columns | join(', ') }}
    {%- for name, path in paths.items() %},
    {{ nexus.nexus_json_text(json, path) }} as {{ name }}
    {%- endfor %}
  from {{ relation }}
{%- endmacro %}

{% macro duckdb__nexus_json_texts(relation, columns, json, paths) -%}
  select
    {{ columns | join(', ') }}
    {%- for name in paths %},
    json_texts[{{ loop.index }}] as {{ name }}
    {%- endfor %}
  from (
    select
        {{ columns | join(', ') }},
        json_extract_string({{ json }}, [{% for path in paths.values() %}'$.{{ path }}'{% if not loop.last %}, {% endif %}{% endfor %}]) as json_texts
    from {{ relation }}
  ) as read
{%- endmacro %}


{#- Renders a select with one row for each element of a JSON array; rows without the array give none.
    relation: a CTE or relation. columns: list of its columns to keep. json: expression of JSON text.
    path: dotted keys to the array. The element is the text column `element`.
    By database: how an array becomes rows. -#}
{% macro nexus_json_elements(relation, columns, json, path) -%}
  {{ return(adapter.dispatch('nexus_json_elements', 'nexus')(relation, columns, json, path)) }}
{%- endmacro %}

{% macro default__nexus_json_elements(relation, columns, json, path) -%}
  select {{ columns | join(', ') }}, elements.value as element
  from {{ relation }}
  cross join lateral json_array_elements_text(
    case when json_typeof(cast({{ json }} as json) #> '{ {{- path.split('.') | join(',') -}} }') = 'array'
         then cast({{ json }} as json) #> '{ {{- path.split('.') | join(',') -}} }' end
  ) as elements(value)
{%- endmacro %}

{#- A `super` is unnested by naming a path of it among the relations. -#}
{% macro redshift__nexus_json_elements(relation, columns, json, path) -%}
  select {{ columns | join(', ') }},
    case when is_varchar(entry) then cast(entry as varchar(65535)) else json_serialize(entry) end as element
  from (
    select {{ columns | join(', ') }}, json_parse({{ json }}) as document
    from {{ relation }}
  ) as documents, documents.document.{{ path }} as entry
{%- endmacro %}

{% macro duckdb__nexus_json_elements(relation, columns, json, path) -%}
  select {{ columns | join(', ') }}, cast(unnest(json_extract({{ json }}, '$.{{ path }}[*]')) as varchar) as element
  from {{ relation }}
{%- endmacro %}

{% macro bigquery__nexus_json_elements(relation, columns, json, path) -%}
  select {{ columns | join(', ') }}, element
  from {{ relation }}
  cross join unnest(json_query_array({{ json }}, '$.{{ path }}')) as element
{%- endmacro %}

{% macro snowflake__nexus_json_elements(relation, columns, json, path) -%}
  select {{ columns | join(', ') }}, cast(elements.value as varchar) as element
  from {{ relation }},
  lateral flatten(input => get_path(try_parse_json({{ json }}), '{{ path }}')) as elements
{%- endmacro %}

{% macro databricks__nexus_json_elements(relation, columns, json, path) -%}
  select {{ columns | join(', ') }}, element
  from {{ relation }}
  lateral view explode(from_json(get_json_object({{ json }}, '$.{{ path }}'), 'array<string>')) elements as element
{%- endmacro %}


{#- Renders the whole number that a text of digits spells, null for any other text.
    text: SQL expression. The same on every database; a cast that may raise is never reached. -#}
{% macro nexus_integer_from_text(text) -%}
  case when translate({{ text }}, '0123456789', '') = '' and length({{ text }}) between 1 and 18
       then cast({{ text }} as bigint) end
{%- endmacro %}


{#- Renders the number that a text such as 12.50 spells, null for any other text.
    text: SQL expression. The same on every database; a cast that may raise is never reached. -#}
{% macro nexus_decimal_from_text(text) -%}
  case when translate({{ text }}, '0123456789', '') in ('', '.') and length({{ text }}) between 1 and 18
            and {{ text }} not like '%.' and {{ text }} not like '.%'
       then cast({{ text }} as {{ dbt.type_numeric() }}) end
{%- endmacro %}
