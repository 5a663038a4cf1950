{# Redshift's own words for the cross-database macros; the others are those of PostgreSQL. #}

{% macro redshift__current_timestamp() -%}
    getdate()
{%- endmacro %}

{% macro redshift__current_timestamp_backcompat() -%}
    getdate()
{%- endmacro %}

{% macro redshift__current_timestamp_in_utc_backcompat() -%}
    (getdate() at time zone 'utc')
{%- endmacro %}

{% macro redshift__any_value(expression) -%}
    any_value({{ expression }})
{%- endmacro %}

{% macro redshift__dateadd(datepart, interval, from_date_or_timestamp) %}
    {{ return(default__dateadd(datepart, interval, from_date_or_timestamp)) }}
{% endmacro %}

{% macro redshift__datediff(first_date, second_date, datepart) -%}
    {{ return(default__datediff(first_date, second_date, datepart)) }}
{%- endmacro %}

{% macro redshift__last_day(date, datepart) -%}
    cast(
        {{ dbt.dateadd('day', '-1', dbt.dateadd(datepart, '1', dbt.date_trunc(datepart, date))) }}
        as date)
{%- endmacro %}

{% macro redshift__concat(fields) -%}
    {{ fields | join(' || ') }}
{%- endmacro %}

{# At most so many: the list is cut at the n-th delimiter. #}
{% macro redshift__listagg(measure, delimiter_text, order_by_clause, limit_num) -%}
    {%- set list -%}
    listagg({{ measure }}, {{ delimiter_text }}){{ ' within group (' ~ order_by_clause ~ ')' if order_by_clause }}
    {%- endset -%}
    {%- if limit_num -%}
    {%- set mark = (delimiter_text | trim)[1] -%}
    {%- set group = "([^" ~ mark ~ "]*" ~ (delimiter_text | trim)[1:-1] ~ "?){0," ~ limit_num ~ "}" -%}
    rtrim(regexp_substr({{ list }}, '^{{ group }}'), {{ delimiter_text }})
    {%- else -%}
    {{ list }}
    {%- endif -%}
{%- endmacro %}

{% macro redshift__split_part(string_text, delimiter_text, part_number) %}

  {% if part_number >= 0 %}
    {{ dbt.default__split_part(string_text, delimiter_text, part_number) }}
  {% else %}
    {{ dbt._split_part_negative(string_text, delimiter_text, part_number) }}
  {% endif %}

{% endmacro %}

{% macro redshift__array_construct(inputs, data_type) -%}
    array({{ inputs | join(' , ') }})
{%- endmacro %}

{% macro redshift__array_append(array, new_element) -%}
    array_concat({{ array }}, array({{ new_element }}))
{%- endmacro %}

{% macro redshift__array_concat(array_1, array_2) -%}
    array_concat({{ array_1 }}, {{ array_2 }})
{%- endmacro %}

{# A text of no length would be 256 bytes. #}
{% macro redshift__type_string() -%}
    varchar(65535)
{%- endmacro %}

{% macro redshift__hash(field) -%}
    md5(cast({{ field }} as varchar(65535)))
{%- endmacro %}

{% macro redshift__cast_bool_to_text(field) %}
    case
        when {{ field }} is true then 'true'
        when {{ field }} is false then 'false'
    end::text
{% endmacro %}
