{# Snowflake's own words for the cross-database macros. White space of the results is part of the contract. #}

{% macro snowflake__current_timestamp() -%}
  convert_timezone('UTC', current_timestamp())
{%- endmacro %}

{% macro snowflake__current_timestamp_backcompat() %}
  current_timestamp::{{ type_timestamp() }}
{% endmacro %}

{% macro snowflake__current_timestamp_in_utc_backcompat() %}
  convert_timezone('UTC', {{ snowflake__current_timestamp_backcompat() }})::{{ type_timestamp() }}
{% endmacro %}

{% macro snowflake__snapshot_get_time() -%}
  to_timestamp_ntz({{ current_timestamp() }})
{%- endmacro %}

{% macro snowflake__snapshot_string_as_time(timestamp) -%}
  {{ return("to_timestamp_ntz('" ~ timestamp ~ "')") }}
{%- endmacro %}

{% macro snowflake__bool_or(expression) -%}

    boolor_agg({{ expression }})

{%- endmacro %}

{% macro snowflake__array_construct(inputs, data_type) -%}
    array_construct( {{ inputs | join(' , ') }} )
{%- endmacro %}

{% macro snowflake__cast(field, type) %}
    {% if type | upper in ['GEOGRAPHY', 'GEOMETRY'] -%}
        to_{{ type | lower }}({{ field }})
    {% else -%}
        cast({{ field }} as {{ type }})
    {% endif -%}
{% endmacro %}

{# `try_cast` takes texts only, and knows neither shapes nor variants. #}
{% macro snowflake__safe_cast(field, type) %}
    {% if type | upper in ['GEOGRAPHY', 'GEOMETRY'] -%}
        try_to_{{ type | lower }}({{ field }})
    {% elif type | upper == 'VARIANT' -%}
        {{ adapter.dispatch('cast', 'dbt')(field, type) }}
    {% else -%}
        {%- set text = dbt.string_literal(field) if field is number else field %}
        try_cast({{ text }} as {{ type }})
    {% endif -%}
{% endmacro %}

{% macro snowflake__equals(expr1, expr2) -%}
{%- if adapter.behavior.enable_truthy_nulls_equals_macro.no_warn is true %}
    ({{ expr1 }} is not distinct from {{ expr2 }})
{%- else -%}
    ({{ expr1 }} = {{ expr2 }})
{%- endif %}
{%- endmacro %}

{# A backslash takes the quote. #}
{% macro snowflake__escape_single_quotes(expression) -%}
{{ expression | replace("'", "\\'") }}
{%- endmacro %}

{# `right` of nothing would be the whole text. #}
{% macro snowflake__right(string_text, length_expression) %}

    case when {{ length_expression }} = 0
        then ''
    else
        right(
            {{ string_text }},
            {{ length_expression }}
        )
    end

{%- endmacro -%}
