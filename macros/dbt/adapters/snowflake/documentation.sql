{# Descriptions in Snowflake: of a relation by `comment on`, of columns by one statement for all. #}

{# A text in dollar quotes; a dollar sign of its own would end it. #}
{% macro _snowflake_comment(text) -%}
  $${{ text | replace('$', '[$]') }}$$
{%- endmacro %}

{% macro snowflake__alter_relation_comment(relation, relation_comment) -%}
  comment on {{ 'dynamic table' if relation.is_dynamic_table else relation.type }} {{ relation.render() }} is {{ _snowflake_comment(relation_comment) }};
{%- endmacro %}

{# The names of YAML are as people write them, those of the database mostly in upper case. #}
{% macro get_column_comment_sql(column_name, column_dict) -%}
  {%- set found = {} -%}
  {%- for name in [column_name | upper, column_name | lower, column_name] if name in column_dict and not found -%}
    {%- do found.update({'text': column_dict[name]['description']}) -%}
  {%- endfor -%}
  {{ adapter.quote(column_name) }} comment {{ _snowflake_comment(found.get('text', '')) }}
{%- endmacro %}

{% macro get_persist_docs_column_list(model_columns, query_columns) -%}
  (
  {%- for name in query_columns %}
    {{ get_column_comment_sql(name, model_columns) }}{{ '' if loop.last else ',' }}
  {%- endfor %}
  )
{%- endmacro %}

{% macro snowflake__persist_docs(relation, model, for_relation, for_columns) -%}
  {%- if for_relation and config.persist_relation_docs() and model.description -%}
    {%- do run_query(alter_relation_comment(relation, model.description)) -%}
  {%- endif -%}
  {%- if for_columns and config.persist_column_docs() and model.columns -%}
    {%- set text = alter_column_comment(relation, model.columns) -%}
    {%- if text and text | trim -%}
      {%- do run_query(text) -%}
    {%- endif -%}
  {%- endif -%}
{%- endmacro %}

{% macro snowflake__alter_column_comment(relation, column_dict) -%}
  {%- set existing = adapter.get_columns_in_relation(relation) | map(attribute='name') | list -%}
  {%- set described = validate_doc_columns(relation, column_dict, existing) -%}
  alter {{ 'table' if relation.is_dynamic_table else relation.type }} {{ relation.render() }} alter
  {%- for name in existing %}
    {{ get_column_comment_sql(name, described) }}{{ ';' if loop.last else ',' }}
  {%- endfor -%}
{%- endmacro %}
