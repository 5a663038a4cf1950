{% macro dateadd_custom(part, n, from) %}{{ return(adapter.dispatch('dateadd_custom', 'toolbox')(part, n, from)) }}{% endmacro %}
{% macro default__dateadd_custom(part, n, from) %}default_dateadd({{ part }}, {{ n }}, {{ from }}){% endmacro %}
{% macro duckdb__dateadd_custom(part, n, from) %}duck_{{ toolbox.default__dateadd_custom(part, n, from) }}{% endmacro %}
{% macro overridden(x) %}{{ return(adapter.dispatch('overridden', 'toolbox')(x)) }}{% endmacro %}
{% macro default__overridden(x) %}toolbox {{ x }}{% endmacro %}
{% macro varargs_passed() %}{{ return(adapter.dispatch('varargs_passed', 'toolbox')(*varargs, **kwargs)) }}{% endmacro %}
{% macro default__varargs_passed() %}{{ varargs | join('+') }}|{{ kwargs | dictsort | map('join', '=') | join(',') }}{% endmacro %}
{% macro type_map(name) %}
  {%- set types = {'string': api.Column.translate_type('string'), 'int': dbt.type_int(), 'ts': dbt.type_timestamp()} -%}
  {{- return(types[name]) -}}
{% endmacro %}
{% macro named(prefix=var('toolbox:prefix', 'none')) %}{{ prefix }}{% endmacro %}
