{# What a model asks of its session: a query tag, and a warehouse of its own. Both are put back when it is built; after a
   failure the adapter puts them back. #}

{% macro get_current_query_tag() -%}
  {%- set rows = run_query("show parameters like 'query_tag' in session").rows -%}
  {{ return(rows[0]['value'] if rows | length > 0 else '') }}
{%- endmacro %}

{# Sets the model's tag and returns the one that was there; none where the model has no tag. #}
{% macro set_query_tag() -%}
  {{ return(adapter.dispatch('set_query_tag', 'dbt')()) }}
{%- endmacro %}

{% macro snowflake__set_query_tag() -%}
  {%- set tag = config.get('query_tag') -%}
  {%- if not tag -%}
    {{ return(none) }}
  {%- endif -%}
  {%- set before = get_current_query_tag() -%}
  {%- do log("The query tag is '" ~ tag ~ "' while this is built, and '" ~ before ~ "' afterwards") -%}
  {%- do run_query("alter session set query_tag = '" ~ (tag | replace("\\", "\\\\") | replace("'", "''")) ~ "'") -%}
  {{ return(before) }}
{%- endmacro %}

{% macro unset_query_tag(original_query_tag) -%}
  {{ return(adapter.dispatch('unset_query_tag', 'dbt')(original_query_tag)) }}
{%- endmacro %}

{% macro snowflake__unset_query_tag(original_query_tag) -%}
  {%- if config.get('query_tag') and original_query_tag -%}
    {%- do run_query("alter session set query_tag = '" ~ (original_query_tag | replace("\\", "\\\\") | replace("'", "''")) ~ "'") -%}
  {%- elif config.get('query_tag') -%}
    {%- do run_query("alter session unset query_tag") -%}
  {%- endif -%}
{%- endmacro %}

{# The tag and the warehouse (`snowflake_warehouse`) of the model. Returns what `_leave_session` puts back. #}
{% macro _enter_session() -%}
  {%- set warehouse = config.get('snowflake_warehouse') -%}
  {%- set before = none -%}
  {%- if warehouse and warehouse != target.warehouse and config.get('materialized') != 'dynamic_table' -%}
    {%- set before = target.warehouse or run_query('select current_warehouse()').rows[0][0] -%}
    {%- do run_query('use warehouse ' ~ warehouse) -%}
  {%- endif -%}
  {{ return({'tag': set_query_tag(), 'warehouse': before}) }}
{%- endmacro %}

{% macro _leave_session(entered) -%}
  {%- do unset_query_tag(entered['tag']) -%}
  {%- if entered['warehouse'] -%}
    {%- do run_query('use warehouse ' ~ entered['warehouse']) -%}
  {%- endif -%}
{%- endmacro %}
