{# Tables and views, each replaced by one statement. #}

{# What is called temporary stands beside the model, for statements share no session that could hold it: a view, or a
   table where the relation is one. #}
{% macro databricks__create_table_as(temporary, relation, compiled_code, language='sql') -%}
  {%- set query = compiled_code | trim -%}
  {%- if temporary -%}
    create or replace {{ 'table ' ~ relation.render() ~ ' using delta' if relation.is_table else 'view ' ~ relation.render() }} as
    {{ query }}
  {%- else -%}
    {%- set bound = (config.get('contract') or {}).enforced -%}
    {%- if bound -%}
      {%- do get_assert_columns_equivalent(query) -%}
    {%- endif -%}
    {{ config.get('sql_header') or '' }}
    create {{ 'or replace ' if _is_delta() }}table {{ relation.render() }}
    {{ _table_clauses(relation) }}
    as
    {{ get_select_subquery(query) if bound else query }}
  {%- endif -%}
{%- endmacro %}

{% macro databricks__create_view_as(relation, sql) -%}
  {%- if (config.get('contract') or {}).enforced -%}
    {%- do get_assert_columns_equivalent(sql) -%}
  {%- endif -%}
  {{ config.get('sql_header') or '' }}
  create or replace view {{ relation.render() }}
  {%- if config.persist_column_docs() and model.columns %}
  {{ _view_columns(get_columns_in_query(sql)) }}
  {%- endif -%}
  {{ comment_clause() }}
  {{- tblproperties_clause() }}
  as (
    {{ sql }}
  )
{%- endmacro %}

{# The view's columns with the comments that the model has for them. #}
{% macro _view_columns(names) -%}
  {%- set described = {} -%}
  {%- for name, column in model.columns.items() -%}
    {%- do described.update({name | lower: column.description}) -%}
  {%- endfor -%}
  {%- set parts = [] -%}
  {%- for name in names -%}
    {%- set comment = described.get(name | lower) -%}
    {%- do parts.append(adapter.quote(name) ~ (" comment '" ~ _text(comment) ~ "'" if comment else '')) -%}
  {%- endfor -%}
  ({{ parts | join(', ') }})
{%- endmacro %}

{% macro databricks__get_replace_view_sql(relation, sql) -%}
  {{ databricks__create_view_as(relation, sql) }}
{%- endmacro %}

{% macro databricks__get_replace_table_sql(relation, sql) -%}
  {{ databricks__create_table_as(False, relation, sql) }}
{%- endmacro %}

{# A relation of another kind, or a table that cannot be replaced by one statement, is dropped first. #}
{% macro _make_way(existing, kind) -%}
  {%- if existing is not none and (existing.type != kind or (kind == 'table' and not _is_delta())) -%}
    {%- do log('Dropping ' ~ existing ~ ': it is a ' ~ existing.type ~ ', and a ' ~ kind ~ ' is to be built') -%}
    {%- do adapter.drop_relation(existing) -%}
  {%- endif -%}
{%- endmacro %}

{# Columns get their own comments after the table is there; its own comment is a clause. #}
{% macro _finish_table(relation) -%}
  {%- do persist_constraints(relation, model) -%}
  {%- do apply_tags(relation) -%}
  {%- do persist_docs(relation, model, for_relation=false) -%}
{%- endmacro %}

{%- materialization table, adapter='databricks' -%}

  {%- set existing = load_cached_relation(this) -%}
  {%- set target_relation = this.incorporate(type='table') -%}
  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}

  {%- do _make_way(existing, 'table') -%}
  {%- call statement('main') -%}
    {{ create_table_as(False, target_relation, compiled_code) }}
  {%- endcall -%}
  {%- do _finish_table(target_relation) -%}
  {%- do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(existing, full_refresh_mode=True)) -%}
  {%- do optimize(target_relation) -%}

  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {{ run_hooks(post_hooks, inside_transaction=False) }}
  {{ return({'relations': [target_relation]}) }}

{%- endmaterialization -%}

{%- materialization view, adapter='databricks' -%}

  {%- set existing = load_cached_relation(this) -%}
  {%- set target_relation = this.incorporate(type='view') -%}
  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}

  {%- do _make_way(existing, 'view') -%}
  {%- call statement('main') -%}
    {{ get_create_view_as_sql(target_relation, sql) }}
  {%- endcall -%}
  {%- do apply_tags(target_relation) -%}
  {%- do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(existing, full_refresh_mode=True)) -%}

  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {{ run_hooks(post_hooks, inside_transaction=False) }}
  {{ return({'relations': [target_relation]}) }}

{%- endmaterialization -%}
