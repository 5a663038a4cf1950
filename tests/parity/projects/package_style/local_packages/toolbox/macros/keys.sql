{%- macro surrogate_key(field_list) -%}
    {{ return(adapter.dispatch('surrogate_key', 'toolbox')(field_list)) }}
{% endmacro %}

{%- macro default__surrogate_key(field_list) -%}

{%- if var('surrogate_key_treat_nulls_as_empty', False) -%}
    {%- set default_null_value = "" -%}
{%- else -%}
    {%- set default_null_value = '_null_' -%}
{%- endif -%}

{%- set fields = [] -%}

{%- for field in field_list -%}

    {%- do fields.append(
        "coalesce(cast(" ~ field ~ " as " ~ dbt.type_string() ~ "), '" ~ default_null_value ~"')"
    ) -%}

    {%- if not loop.last %}
        {%- do fields.append("'-'") -%}
    {%- endif -%}

{%- endfor -%}

{{ dbt.hash(dbt.concat(fields)) }}

{%- endmacro -%}
