{# Functions of BigQuery: in SQL their body stands in brackets, in JavaScript and Python in a text. #}

{% macro bigquery__scalar_function_body_sql() %}
    (
       {{ model.compiled_code }}
    )
{% endmacro %}

{% macro bigquery__scalar_function_volatility_sql() %}
  {%- set volatility = model.config.get('volatility') -%}
  {%- if volatility is not none -%}
    {%- do unsupported_volatility_warning(volatility) -%}
  {%- endif -%}
{% endmacro %}

{% macro bigquery__scalar_function_javascript(target_relation) %}
  {%- set words = {'deterministic': 'deterministic', 'non-deterministic': 'not deterministic'} -%}
  {%- set volatility = model.config.get('volatility') -%}
  {%- if volatility is not none and volatility not in words -%}
    {%- do unsupported_volatility_warning(volatility) -%}
  {%- endif %}
  create or replace function {{ target_relation.render() }} ({{ formatted_scalar_function_args_sql() }})
  returns {{ model.returns.data_type }}
  {{ words.get(volatility, '') }}
  language js
  as {{ _function_text() }}
{% endmacro %}

{% macro bigquery__scalar_function_python(target_relation) %}
  create or replace function {{ target_relation.render() }} ({{ formatted_scalar_function_args_sql() }})
  returns {{ model.returns.data_type }}
  language python
  options(
    runtime_version = "{{ 'python-' ~ model.config.get('runtime_version') }}",
    entry_point = "{{ model.config.get('entry_point') }}"
    {%- if model.config.get('packages') %},
    packages = ['{{ model.config.get('packages') | join("', '") }}']
    {%- endif %}
  )
  as {{ _function_text() }}
{% endmacro %}

{% macro _function_text() -%}
r'''
{{ model.compiled_code }}
'''
{%- endmacro %}
