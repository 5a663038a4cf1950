{# Functions that Databricks spells in its own way. #}

{% macro databricks__current_timestamp() -%}
    current_timestamp()
{%- endmacro %}

{% macro databricks__dateadd(datepart, interval, from_date_or_timestamp) -%}
    timestampadd({{ datepart }}, {{ interval }}, {{ from_date_or_timestamp }})
{%- endmacro %}

{# `timestampdiff` counts whole units, so both ends are brought to the start of theirs. #}
{% macro databricks__datediff(first_date, second_date, datepart) -%}
    timestampdiff({{ datepart }}, {{ date_trunc(datepart, first_date) }}, {{ date_trunc(datepart, second_date) }})
{%- endmacro %}

{% macro databricks__date(year, month, day) -%}
    to_date('{{ '%04d-%02d-%02d' % (year, month, day) }}', 'yyyy-MM-dd')
{%- endmacro %}

{% macro databricks__concat(fields) -%}
    concat({{ fields | join(', ') }})
{%- endmacro %}

{% macro databricks__safe_cast(field, type) -%}
    try_cast({{ field }} as {{ type }})
{%- endmacro %}

{% macro databricks__escape_single_quotes(expression) -%}
    {{ return(expression | replace("'", "\\'")) }}
{%- endmacro %}

{# The delimiter is a text, not a pattern; a piece that is not there is null. #}
{% macro databricks__split_part(string_text, delimiter_text, part_number) -%}
    nullif(split_part({{ string_text }}, {{ delimiter_text }}, {{ part_number }}), '')
{%- endmacro %}

{# `listagg` keeps the order; a limit needs an array, in which there is none. #}
{% macro databricks__listagg(measure, delimiter_text, order_by_clause, limit_num) -%}
  {%- if not limit_num -%}
    {{ return(default__listagg(measure, delimiter_text, order_by_clause, none)) }}
  {%- endif -%}
  {%- if order_by_clause -%}
    {%- do exceptions.warn('listagg with a limit keeps no order in Databricks: `' ~ order_by_clause ~ '` is left out') -%}
  {%- endif -%}
    array_join(slice(collect_list({{ measure }}), 1, {{ limit_num }}), {{ delimiter_text }})
{%- endmacro %}

{% macro databricks__array_construct(inputs, data_type) -%}
    array({{ inputs | join(', ') }})
{%- endmacro %}

{% macro databricks__array_append(array, new_element) -%}
    concat({{ array }}, array({{ new_element }}))
{%- endmacro %}

{% macro databricks__array_concat(array_1, array_2) -%}
    concat({{ array_1 }}, {{ array_2 }})
{%- endmacro %}

{% macro databricks__type_string() -%}
    string
{%- endmacro %}

{% macro databricks__type_int() -%}
    int
{%- endmacro %}
