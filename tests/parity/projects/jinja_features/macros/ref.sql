{% macro ref() %}
  {%- set version = kwargs.get('version') or kwargs.get('v') -%}
  {%- set packagename = none -%}
  {%- if (varargs | length) == 1 -%}
    {%- set modelname = varargs[0] -%}
  {%- else -%}
    {%- set packagename = varargs[0] -%}
    {%- set modelname = varargs[1] -%}
  {%- endif -%}
  {%- if version is not none and packagename is not none -%}
    {%- set rel = builtins.ref(packagename, modelname, version=version) -%}
  {%- elif version is not none -%}
    {%- set rel = builtins.ref(modelname, version=version) -%}
  {%- elif packagename is not none -%}
    {%- set rel = builtins.ref(packagename, modelname) -%}
  {%- else -%}
    {%- set rel = builtins.ref(modelname) -%}
  {%- endif -%}
  {% do return(rel) %}
{% endmacro %}
