{# Functions of Snowflake in SQL. #}

{% macro snowflake__scalar_function_create_replace_signature_sql(target_relation) %}
  create or replace function {{ target_relation.render() }} ({{ formatted_scalar_function_args_sql() }})
  returns {{ model.returns.data_type }}
  language sql
  {{ scalar_function_volatility_sql() }}
  as
{% endmacro %}

{% macro snowflake__scalar_function_body_sql() %}
  $$
{{ model.compiled_code }}
  $$
{% endmacro %}

{% macro snowflake__formatted_scalar_function_args_sql() %}
  {%- for argument in model.arguments -%}
    {{ argument.name }} {{ argument.data_type }}
    {{- ' default ' ~ argument.get('default_value') if argument.get('default_value') is not none }}
    {{- '' if loop.last else ', ' }}
  {%- endfor -%}
{% endmacro %}

{# `stable` is not known here. #}
{% macro snowflake__scalar_function_volatility_sql() %}
  {%- set words = {'deterministic': 'immutable', 'non-deterministic': 'volatile'} -%}
  {%- set volatility = model.config.get('volatility') -%}
  {%- if volatility in words -%}
    {{ words[volatility] }}
  {%- elif volatility is not none -%}
    {%- do unsupported_volatility_warning(volatility) -%}
  {%- endif -%}
{% endmacro %}
