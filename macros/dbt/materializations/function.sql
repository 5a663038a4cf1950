{# Functions of the database. The statement is made by the dispatched macro `<type>_function_<language>`, so that a project can
   bring the statement of a database that has none here. #}
{%- materialization function, default, supported_languages=['sql', 'python', 'javascript'] -%}

  {%- set existing = load_cached_relation(this) -%}
  {%- set target = this.incorporate(type=this.Function) -%}
  {{ run_hooks(pre_hooks) }}
  {%- set maker = this.get_function_macro_name(this.get_function_config(model)) -%}
  {%- set build_sql = adapter.dispatch(maker, 'dbt')(target) -%}
  {{ function_execute_build_sql(build_sql, existing, target) }}
  {{ run_hooks(post_hooks) }}

  {{ return({'relations': [target]}) }}

{%- endmaterialization -%}

{# Runs the statement, and what follows it: grants and comments. #}
{% macro function_execute_build_sql(build_sql, existing_relation, target_relation) %}
  {{ return(adapter.dispatch('function_execute_build_sql', 'dbt')(build_sql, existing_relation, target_relation)) }}
{% endmacro %}

{% macro default__function_execute_build_sql(build_sql, existing_relation, target_relation) %}
  {%- set grants = config.get('grants') -%}
  {%- call statement('main') -%}
    {{ build_sql }}
  {%- endcall -%}
  {%- do apply_grants(target_relation, grants, should_revoke=should_revoke(existing_relation, full_refresh_mode=True)) -%}
  {%- do persist_docs(target_relation, model) -%}
  {%- do adapter.commit() -%}
{% endmacro %}

{# The statement that makes a function of one row: signature, then body. #}
{% macro scalar_function_sql(target_relation) %}
  {{ return(adapter.dispatch('scalar_function_sql', 'dbt')(target_relation)) }}
{% endmacro %}

{% macro default__scalar_function_sql(target_relation) %}
  {{ scalar_function_create_replace_signature_sql(target_relation) }}
  {{ scalar_function_body_sql() }};
{% endmacro %}

{% macro scalar_function_create_replace_signature_sql(target_relation) %}
  {{ return(adapter.dispatch('scalar_function_create_replace_signature_sql', 'dbt')(target_relation)) }}
{% endmacro %}

{% macro default__scalar_function_create_replace_signature_sql(target_relation) %}
  create or replace function {{ target_relation.render() }} ({{ formatted_scalar_function_args_sql() }})
  returns {{ model.returns.data_type }}
  {{ scalar_function_volatility_sql() }}
  as
{% endmacro %}

{# `name type, name type` #}
{% macro formatted_scalar_function_args_sql() %}
  {{ return(adapter.dispatch('formatted_scalar_function_args_sql', 'dbt')()) }}
{% endmacro %}

{% macro default__formatted_scalar_function_args_sql() %}
  {%- for argument in model.arguments -%}
    {{ argument.name }} {{ argument.data_type }}{{ '' if loop.last else ', ' }}
  {%- endfor -%}
{% endmacro %}

{% macro scalar_function_body_sql() %}
  {{ return(adapter.dispatch('scalar_function_body_sql', 'dbt')()) }}
{% endmacro %}

{% macro default__scalar_function_body_sql() %}
  $$ {{ model.compiled_code }} $$ language sql
{% endmacro %}

{# How often a function gives the same for the same: the words of PostgreSQL. #}
{% macro scalar_function_volatility_sql() %}
  {{ return(adapter.dispatch('scalar_function_volatility_sql', 'dbt')()) }}
{% endmacro %}

{% macro default__scalar_function_volatility_sql() %}
  {%- set words = {'deterministic': 'immutable', 'stable': 'stable', 'non-deterministic': 'volatile'} -%}
  {%- set volatility = model.config.get('volatility') -%}
  {%- if volatility in words -%}
    {{ words[volatility] }}
  {%- elif volatility is not none -%}
    {%- do unsupported_volatility_warning(volatility) -%}
  {%- endif -%}
{% endmacro %}

{% macro unsupported_volatility_warning(volatility) %}
  {{ return(adapter.dispatch('unsupported_volatility_warning', 'dbt')(volatility)) }}
{% endmacro %}

{% macro default__unsupported_volatility_warning(volatility) %}
  {%- do exceptions.warn(
      "The volatility `" ~ volatility ~ "` of function `" ~ model.name ~ "` is ignored: " ~ adapter.type() ~ " does not know it") -%}
{% endmacro %}

{# JavaScript: how arguments are written differs by database, so each brings its own. #}
{% macro formatted_scalar_function_args_javascript() %}
  {{ return(adapter.dispatch('formatted_scalar_function_args_javascript', 'dbt')()) }}
{% endmacro %}

{% macro default__formatted_scalar_function_args_javascript() %}
  {%- do exceptions.raise_compiler_error(
      'formatted_scalar_function_args_javascript has no implementation for ' ~ adapter.type()) -%}
{% endmacro %}

{% macro scalar_function_volatility_javascript() %}
  {{ return(adapter.dispatch('scalar_function_volatility_javascript', 'dbt')()) }}
{% endmacro %}

{% macro default__scalar_function_volatility_javascript() %}
  {%- if model.config.get('volatility') is not none -%}
    {%- do exceptions.warn(
        'The volatility of function `' ~ model.name ~ '` is ignored: ' ~ adapter.type() ~ ' has none for JavaScript') -%}
  {%- endif -%}
{% endmacro %}
