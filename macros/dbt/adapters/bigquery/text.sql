{# BigQuery's own words for the cross-database macros. White space of the results is part of the contract. #}

{% macro bigquery__type_string() -%}
    {{ return('string') }}
{%- endmacro %}

{% macro bigquery__type_float() -%}
    {{ return('FLOAT64') }}
{%- endmacro %}

{% macro bigquery__type_numeric() -%}
    {{ return('numeric') }}
{%- endmacro %}

{% macro bigquery__type_int() -%}
    {{ return('INT64') }}
{%- endmacro %}

{% macro bigquery__cast_bool_to_text(field) %}
    cast({{ field }} as string)
{% endmacro %}

{# Three quotes, so that quotes and line ends may stand inside. #}
{%- macro bigquery__string_literal(value) -%}
    '''{{ value }}'''
{%- endmacro -%}

{% macro bigquery__escape_single_quotes(expression) -%}
{{ expression | replace("'", "\\'") }}
{%- endmacro %}

{% macro bigquery__hash(field) -%}
    to_hex(md5(cast({{ field }} as string)))
{%- endmacro %}

{% macro bigquery__position(substring_text, string_text) %}

    strpos(
        {{ string_text }},
        {{ substring_text }}

    )

{%- endmacro -%}

{% macro bigquery__right(string_text, length_expression) %}

    case when {{ length_expression }} = 0
        then ''
    else
        substr(
            {{ string_text }},
            -1 * ({{ length_expression }})
        )
    end

{%- endmacro -%}

{# Pieces are counted from the end where the number is negative. #}
{% macro bigquery__split_part(string_text, delimiter_text, part_number) %}

  {% if part_number >= 0 %}
    split(
        {{ string_text }},
        {{ delimiter_text }}
        )[safe_offset({{ part_number - 1 }})]
  {% else %}
    split(
        {{ string_text }},
        {{ delimiter_text }}
        )[safe_offset(
          length({{ string_text }})
          - length(
              replace({{ string_text }},  {{ delimiter_text }}, '')
          ) + 1 + {{ part_number }}
        )]
  {% endif %}

{% endmacro %}

{% macro bigquery__listagg(measure, delimiter_text, order_by_clause, limit_num) -%}

    string_agg(
        {{ measure }},
        {{ delimiter_text }}
        {% if order_by_clause -%}
        {{ order_by_clause }}
        {%- endif %}
        {% if limit_num -%}
        limit {{ limit_num }}
        {%- endif %}
        )

{%- endmacro %}

{% macro bigquery__bool_or(expression) -%}

    logical_or({{ expression }})

{%- endmacro %}

{% macro bigquery__array_construct(inputs, data_type) -%}
    {% if inputs | length > 0 %}
    [ {{ inputs | join(' , ') }} ]
    {% else %}
    ARRAY<{{ data_type }}>[]
    {% endif %}
{%- endmacro %}

{% macro bigquery__array_append(array, new_element) -%}
    {{ array_concat(array, array_construct([new_element])) }}
{%- endmacro %}

{% macro bigquery__array_concat(array_1, array_2) -%}
    array_concat({{ array_1 }}, {{ array_2 }})
{%- endmacro %}

{% macro bigquery__except() %}

    except distinct

{% endmacro %}

{% macro bigquery__intersect() %}

    intersect distinct

{% endmacro %}

{% macro bigquery__equals(expr1, expr2) -%}
{%- if _truthy_nulls() %}
    ({{ expr1 }} IS NOT DISTINCT FROM {{ expr2 }})
{%- else -%}
    ({{ expr1 }} = {{ expr2 }})
{%- endif %}
{%- endmacro %}

{# In a merge the longer form is needed: only through it does BigQuery see a filter on partitions. #}
{% macro bigquery__get_merge_unique_key_match(source_unique_key, target_unique_key) -%}
    {%- if _truthy_nulls() -%}
        {{ return('((' ~ source_unique_key ~ ' is null and ' ~ target_unique_key ~ ' is null) or ('
            ~ source_unique_key ~ ' = ' ~ target_unique_key ~ '))') }}
    {%- endif -%}
    {{ return('(' ~ source_unique_key ~ ' = ' ~ target_unique_key ~ ')') }}
{%- endmacro %}

{% macro _truthy_nulls() -%}
    {%- set flag = adapter.behavior.enable_truthy_nulls_equals_macro if adapter.behavior else none -%}
    {{ return(flag and flag.no_warn is true) }}
{%- endmacro %}

{# Arrays are cast value by value; structures and places cannot be cast from text, so their text is taken as SQL. #}
{% macro bigquery__safe_cast(field, type) %}
{%- set kind = type | lower -%}
{%- set listed = kind.startswith('array') and field is iterable and field is not string and field is not mapping -%}
{%- if listed and field | length > 0 -%}
    {%- set inner = kind[6:-1] -%}
    {%- if _cast_as_sql(inner) %}
        (select array_agg(safe_cast(i as {{ inner }})) from unnest([
            {%- for value in field %}
                {{ value.strip('"').strip("'") }}{{ '' if loop.last else ',' }}
            {%- endfor %}
        ]) i)
    {%- else -%}
        (select array_agg(safe_cast(i as {{ inner }})) from unnest({{ field }}) i)
    {%- endif -%}
{%- elif kind == 'json' and field is mapping -%}
    safe_cast(json {{ dbt.string_literal(tojson(field)) }} as json)
{%- elif _cast_as_sql(kind) and field is string -%}
    safe_cast({{ field.strip('"').strip("'") }} as {{ type }})
{%- else -%}
    safe_cast({{ field }} as {{ type }})
{%- endif -%}
{% endmacro %}

{% macro _cast_as_sql(kind) -%}
    {{ return(kind.startswith('struct') or kind == 'geography') }}
{%- endmacro %}
