{#- Renders whether a text is one well-formed JSON value; null for null.
    text: SQL expression. By database: the function that checks without raising. -#}
{% macro nexus_json_valid(text) -%}
  {{ return(adapter.dispatch('nexus_json_valid', 'nexus')(text)) }}
{%- endmacro %}

{% macro default__nexus_json_valid(text) -%}
  ({{ text }} is json)
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
  cross join lateral jsonb_array_elements_text(
    case when jsonb_typeof(cast({{ json }} as jsonb) #> '{ {{- path.split('.') | join(',') -}} }') = 'array'
         then cast({{ json }} as jsonb) #> '{ {{- path.split('.') | join(',') -}} }' end
  ) as elements(value)
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
