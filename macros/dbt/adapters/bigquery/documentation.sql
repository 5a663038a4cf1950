{# Descriptions: of relations in their options, of columns through the interface, which alone reaches fields of structures. #}

{% macro bigquery__persist_docs(relation, model, for_relation, for_columns) -%}
  {%- if for_relation and config.persist_relation_docs() and model.description -%}
    {%- do alter_relation_comment(relation, model.description) -%}
  {%- endif -%}
  {%- if for_columns and config.persist_column_docs() and model.columns -%}
    {%- set known = [] -%}
    {%- for column in adapter.get_columns_in_relation(relation) -%}
      {%- do known.append(column.name) -%}
    {%- endfor -%}
    {%- set top, nested = {}, {} -%}
    {%- for name, column in model.columns.items() -%}
      {%- do (nested if '.' in name else top).update({name: column}) -%}
    {%- endfor -%}
    {%- set found = validate_doc_columns(relation, top, known) -%}
    {%- do found.update(nested) -%}
    {%- do alter_column_comment(relation, found) -%}
  {%- endif -%}
{%- endmacro %}

{% macro bigquery__alter_relation_comment(relation, relation_comment) -%}
  {%- set kind = 'materialized view' if relation.is_materialized_view else 'view' if relation.is_view else 'table' -%}
  {%- do run_query('alter ' ~ kind ~ ' ' ~ relation ~ ' set options (description = ' ~ _quoted_option(relation_comment) ~ ')') -%}
{%- endmacro %}

{% macro bigquery__alter_column_comment(relation, column_dict) -%}
  {%- do bigquery__update_columns(relation, column_dict) -%}
{%- endmacro %}

{% macro bigquery__update_columns(relation, columns) -%}
  {%- set described = {} -%}
  {%- for name, column in columns.items() -%}
    {%- do described.update({name: {'description': column['description'], 'policy_tags': column.get('policy_tags') or []}}) -%}
  {%- endfor -%}
  {%- if described -%}
    {%- do adapter.operation('describe_columns', relation, described) -%}
  {%- endif -%}
{%- endmacro %}

{% macro bigquery__update_table_description(database, schema, identifier, description) -%}
  {%- do bigquery__alter_relation_comment(
      api.Relation.create(database=database, schema=schema, identifier=identifier, type='table'), description) -%}
{%- endmacro %}
