{# PostgreSQL's own words for the cross-database macros. White space of the results is part of the contract. #}

{% macro postgres__current_timestamp() -%}
    now()
{%- endmacro %}

{% macro postgres__current_timestamp_backcompat() %}
    current_timestamp::{{ type_timestamp() }}
{% endmacro %}

{% macro postgres__current_timestamp_in_utc_backcompat() %}
    (current_timestamp at time zone 'utc')::{{ type_timestamp() }}
{% endmacro %}

{% macro postgres__snapshot_string_as_time(timestamp) -%}
    {{ return("'" ~ timestamp ~ "'::timestamp without time zone") }}
{%- endmacro %}

{% macro postgres__snapshot_get_time() -%}
  {{ current_timestamp() }}::timestamp without time zone
{%- endmacro %}

{# PostgreSQL has `any_value` from version 16 on only. #}
{% macro postgres__any_value(expression) -%}

    min({{ expression }})

{%- endmacro %}

{% macro postgres__equals(expr1, expr2) -%}
{%- set flag = adapter.behavior.enable_truthy_nulls_equals_macro if adapter.behavior else none -%}
{%- if flag and flag.no_warn is true %}
    ({{ expr1 }} IS NOT DISTINCT FROM {{ expr2 }})
{%- else -%}
    ({{ expr1 }} = {{ expr2 }})
{%- endif %}
{%- endmacro %}

{% macro postgres__dateadd(datepart, interval, from_date_or_timestamp) %}

    {{ from_date_or_timestamp }} + ((interval '1 {{ datepart }}') * ({{ interval }}))

{% endmacro %}

{# Borders between two moments, by parts: each unit is counted in the next larger one. Weeks start on Sunday. #}
{% macro postgres__datediff(first_date, second_date, datepart) -%}
    {%- set unit = datepart | lower -%}
    {%- set larger = {
      'quarter': ('year', 4), 'month': ('year', 12), 'hour': ('day', 24), 'minute': ('hour', 60),
      'second': ('minute', 60), 'millisecond': ('minute', 60000), 'microsecond': ('minute', 60000000)
    } -%}
    {%- set kind = 'date' if unit in ['year', 'quarter', 'month'] else 'timestamp' -%}
    {%- set first = "date_part('" ~ unit ~ "', (" ~ first_date ~ ')::' ~ kind ~ ')' -%}
    {%- set second = "date_part('" ~ unit ~ "', (" ~ second_date ~ ')::' ~ kind ~ ')' -%}
    {%- set rounded = unit in ['second', 'millisecond', 'microsecond'] -%}
    {% if unit == 'year' %}
        ({{ second }} - {{ first }})
    {% elif unit == 'day' %}
        (({{ second_date }})::date - ({{ first_date }})::date)
    {% elif unit == 'week' %}
        ({{ datediff(first_date, second_date, 'day') }} / 7 + case
            when date_part('dow', ({{ first_date }})::timestamp) <= date_part('dow', ({{ second_date }})::timestamp) then
                case when {{ first_date }} <= {{ second_date }} then 0 else -1 end
            else
                case when {{ first_date }} <= {{ second_date }} then 1 else 0 end
        end)
    {% elif unit in larger %}
        ({{ datediff(first_date, second_date, larger[unit][0]) }} * {{ larger[unit][1] }} + {{ 'floor(' ~ second ~ ')' if rounded else second }} - {{ 'floor(' ~ first ~ ')' if rounded else first }})
    {% else %}
        {{ exceptions.raise_compiler_error("Unsupported datepart for macro datediff in postgres: '" ~ datepart ~ "'") }}
    {% endif %}
{%- endmacro %}

{# An interval has no quarters. #}
{% macro postgres__last_day(date, datepart) -%}
    {%- if datepart == 'quarter' -%}
    -- postgres dateadd does not support quarter interval.
    cast(
        {{ dbt.dateadd('day', '-1', dbt.dateadd('month', '3', dbt.date_trunc(datepart, date))) }}
        as date)
    {%- else -%}
    {{ dbt.default_last_day(date, datepart) }}
    {%- endif -%}
{%- endmacro %}

{% macro postgres__listagg(measure, delimiter_text, order_by_clause, limit_num) -%}
    {%- set order = order_by_clause or '' -%}
    {% if limit_num -%}
    array_to_string(
        (array_agg(
            {{ measure }}
            {{ order }}
        ))[1:{{ limit_num }}],
        {{ delimiter_text }}
        )
    {%- else %}
    string_agg(
        {{ measure }},
        {{ delimiter_text }}
        {{ order }}
        )
    {%- endif %}
{%- endmacro %}

{# Older versions of PostgreSQL count pieces from the front only. #}
{% macro postgres__split_part(string_text, delimiter_text, part_number) %}

  {% if part_number >= 0 %}
    {{ dbt.default__split_part(string_text, delimiter_text, part_number) }}
  {% else %}
    {{ dbt._split_part_negative(string_text, delimiter_text, part_number) }}
  {% endif %}

{% endmacro %}
