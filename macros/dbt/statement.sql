{# Statements and the settings that steer a node's run. #}

{# Executes the call's body. `main` is the node's own statement: it is kept under target/run.
   The answer is kept under the name for `load_result`. `auto_begin` opens a transaction where none is open. #}
{%- macro statement(name=None, fetch_result=False, auto_begin=True, language='sql') -%}
  {%- if execute -%}
    {%- set code = caller() -%}
    {%- if name == 'main' -%}
      {%- do log('Writing runtime ' ~ language ~ ' for node "' ~ model['unique_id'] ~ '"') -%}
      {%- do write(code) -%}
    {%- endif -%}
    {%- if language == 'sql' -%}
      {%- set response, table = adapter.execute(code, auto_begin=auto_begin, fetch=fetch_result) -%}
    {%- elif language == 'python' -%}
      {%- set response, table = submit_python_job(model, code), none -%}
    {%- else -%}
      {%- do exceptions.raise_compiler_error("A statement in `" ~ language ~ "` cannot be executed: only SQL and Python can") -%}
    {%- endif -%}
    {%- if name is not none -%}
      {%- do store_result(name, response=response, agate_table=table) -%}
    {%- endif -%}
  {%- endif -%}
{%- endmacro %}

{# Keeps the call's body and an answer that was come by otherwise, and executes nothing. #}
{% macro noop_statement(name=None, message=None, code=None, rows_affected=None, res=None) -%}
  {%- set text = caller() -%}
  {%- if name == 'main' -%}
    {%- do log('Writing runtime SQL for node "' ~ model['unique_id'] ~ '"') -%}
    {%- do write(text) -%}
  {%- endif -%}
  {%- if name is not none -%}
    {%- do store_raw_result(name, message=message, code=code, rows_affected=rows_affected, agate_table=res) -%}
  {%- endif -%}
{%- endmacro %}

{# Runs a query outside of the node's own transaction handling and returns its rows as a table. #}
{% macro run_query(sql) %}
  {%- call statement("run_query_statement", fetch_result=true, auto_begin=false) -%}
    {{ sql }}
  {%- endcall -%}
  {{ return(load_result("run_query_statement").table) }}
{% endmacro %}

{# Text that stands before the model's statement: the body of `call set_sql_header(config)`. #}
{% macro set_sql_header(config) -%}
  {{ config.set('sql_header', caller()) }}
{%- endmacro %}

{# The node's own setting wins over the command line. A batch that is added to a table (`incremental_batch`, set by
   the runner) never builds it anew. #}
{% macro should_full_refresh() %}
  {%- if incremental_batch is defined and incremental_batch -%}
      {{ return(False) }}
  {%- endif -%}
  {%- set own = config.get('full_refresh') -%}
  {{ return(flags.FULL_REFRESH if own is none else own) }}
{% endmacro %}

{% macro should_store_failures() %}
  {%- set own = config.get('store_failures') -%}
  {{ return(flags.STORE_FAILURES if own is none else own) }}
{% endmacro %}

{# False while parsing, so that a model's parse never asks the database. #}
{% macro is_incremental() %}
    {%- if not execute -%}
        {{ return(False) }}
    {%- elif incremental_batch is defined and incremental_batch -%}
        {{ return(True) }}
    {%- endif -%}
    {%- set existing = adapter.get_relation(this.database, this.schema, this.table) -%}
    {{ return(
        existing is not none
        and existing.type == 'table'
        and model.config.materialized == 'incremental'
        and not should_full_refresh()
    ) }}
{% endmacro %}

{# The query of `show`: a header where there is one, the code, a limit where there is one. #}
{% macro get_show_sql(compiled_code, sql_header, limit) -%}
  {%- if sql_header is not none -%}
  {{ sql_header }}
  {%- endif %}
  {{ get_limit_subquery_sql(compiled_code, limit) }}
{% endmacro %}

{%- macro get_limit_subquery_sql(sql, limit) -%}
  {{ adapter.dispatch('get_limit_sql', 'dbt')(sql, limit) }}
{%- endmacro -%}

{% macro default__get_limit_sql(sql, limit) %}
  {{ sql }}
  {% if limit is not none %}
  limit {{ limit }}
  {%- endif -%}
{% endmacro %}

{% macro validate_sql(sql) -%}
  {{ return(adapter.dispatch('validate_sql', 'dbt')(sql)) }}
{%- endmacro %}

{% macro default__validate_sql(sql) -%}
  {%- call statement('validate_sql') -%}
    explain {{ sql }}
  {%- endcall -%}
  {{ return(load_result('validate_sql')) }}
{%- endmacro %}

{% macro is_core_v2() -%}
  {{ return(dbt_version.split('.')[0] == '2') }}
{%- endmacro %}
